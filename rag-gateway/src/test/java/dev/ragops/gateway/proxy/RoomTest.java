package dev.ragops.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoomTest {
    private final Room room = new Room(100);

    @Test
    void isGivenBackAtOnceAndOnlyOnce() {
        Room.Lease one = room.lease();
        assertThat(one.take(60)).isTrue();
        assertThat(one.take(40)).isTrue();
        assertThat(one.take(1)).isFalse();

        one.close();
        one.close();

        assertThat(room.taken()).isZero();
        assertThat(one.take(1)).as("over is over").isFalse();
    }

    @Test
    void forCopiesEndsAtHalf() {
        assertThat(room.leaseForCopy().take(51)).isFalse();
        assertThat(room.lease().take(51)).isTrue();
        assertThat(room.leaseForCopy().take(1)).isFalse();
        assertThat(room.lease().take(49)).isTrue();
    }
}
