package dev.ragops.gateway.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GuardTest {
    private final Guard guard = new Guard();

    @Test
    void ejectsAboveAFifthOfFallbacks() {
        for (int i = 0; i < 20; i++) {
            guard.candidate(1000, i < 5);
        }
        assertThat(guard.reasonToEject(1000))
                .hasValueSatisfying(reason -> assertThat(reason).contains("5 of 20"));
    }

    @Test
    void staysCalmAtAFifthAndWithFewAttempts() {
        for (int i = 0; i < 20; i++) {
            guard.candidate(1000, i < 4);
        }
        assertThat(guard.reasonToEject(1000)).isEmpty();
        Guard other = new Guard();
        for (int i = 0; i < 19; i++) {
            other.candidate(1000, true);
        }
        assertThat(other.reasonToEject(1000)).isEmpty();
    }

    @Test
    void forgetsAfterTenSecondsWhereThereAreNewerAttempts() {
        for (int i = 0; i < 30; i++) {
            guard.candidate(1000, true);
        }
        for (int i = 0; i < 20; i++) {
            guard.candidate(10_000, false);
        }
        assertThat(guard.reasonToEject(10_999)).isPresent();
        assertThat(guard.reasonToEject(11_000)).isEmpty();
    }

    @Test
    void judgesASmallShareByItsLastTwentyAttempts() {
        for (int second = 1; second <= 20; second++) {
            guard.candidate(1000L * second, second % 2 == 0);
        }
        assertThat(guard.reasonToEject(20_000))
                .hasValueSatisfying(reason -> assertThat(reason).contains("10 of 20"));
        assertThat(guard.reasonToEject(80_000)).isEmpty();
    }

    @Test
    void stopsMirroringWhileStableGetsWorseAndNotWhereItAlwaysWasSo() {
        for (int second = 1; second <= 50; second++) {
            for (int i = 0; i < 10; i++) {
                guard.stable(1000L * second, i == 0, false);
            }
        }
        assertThat(guard.mayMirror(50_000)).isTrue();
        for (int i = 0; i < 30; i++) {
            guard.stable(51_000, true, false);
        }
        assertThat(guard.mayMirror(51_000)).isFalse();
    }

    @Test
    void ejectsWhileStableShedsAndStopsMirroringWhileItFails() {
        for (int i = 0; i < 40; i++) {
            guard.stable(1000, i < 4, i < 4);
        }
        assertThat(guard.reasonToEject(1000)).isEmpty();
        assertThat(guard.mayMirror(1000)).isFalse();
        guard.candidate(1000, false);
        assertThat(guard.reasonToEject(1000)).isPresent();
        assertThat(guard.mayMirror(20_000)).isTrue();
    }
}
