package dev.ragops.e2e.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClaimsTest {
    private static final Claim KEPT =
            Claim.within("weight effective", Optional.of(Duration.ofMillis(1900)), Duration.ofSeconds(2));
    private static final Claim BROKEN =
            Claim.within("breach to zero", Optional.of(Duration.ofMillis(7001)), Duration.ofSeconds(7));
    private static final Claim UNSEEN = Claim.within("alias to pod", Optional.empty(), Duration.ofSeconds(7));

    @Test
    void theLastLineAndTheExitCodeFollowFromTheClaims() {
        assertThat(new Claims(List.of(KEPT, BROKEN, UNSEEN)).lastLine("demo")).isEqualTo("demo: 1 passed, 2 failed");
        assertThat(new Claims(List.of(KEPT, BROKEN)).exitCode()).isEqualTo(1);
        assertThat(new Claims(List.of(KEPT)).exitCode()).isZero();
    }

    @Test
    void nothingClaimedIsNoSuccess() {
        assertThat(new Claims(List.of()).exitCode()).isEqualTo(1);
    }

    @Test
    void whatWasNotSeenIsABrokenPromise() {
        assertThat(UNSEEN.holds()).isFalse();
        assertThat(UNSEEN.measured()).isEqualTo("not seen");
        assertThat(Claim.resident("operator", Optional.empty(), 256).holds()).isFalse();
    }

    @Test
    void memoryIsCountedInWholeMebibytesUpwards() {
        Claim claim = Claim.resident("gateway", Optional.of((128L << 20) + 1), 128);

        assertThat(claim.holds()).isFalse();
        assertThat(claim.measured()).isEqualTo("129 MiB");
        assertThat(Claim.resident("gateway", Optional.of(128L << 20), 128).holds())
                .isTrue();
    }

    @Test
    void theTableSaysClaimNumberPromiseAndVerdict() {
        List<String> lines = new Claims(List.of(KEPT, BROKEN)).table().lines().toList();

        assertThat(lines.get(0)).contains("claim", "measured", "asked");
        assertThat(lines.get(2)).contains("weight effective", "1.9 s", "<= 2.0 s", "PASS");
        assertThat(lines.get(3)).contains("breach to zero", "7.0 s", "FAIL");
    }
}
