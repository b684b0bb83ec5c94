package dev.ragops.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CrossingHeadersTest extends OnStage {
    @Test
    void ofOursAreStrippedAndTheSecretsAreSwapped() throws Exception {
        start("none", 0);
        stage.ask("x-ragops-shadow", "1", "x-ragops-track", "candidate", "authorization", "Bearer mine");

        Map<String, String> seen = stable.seen().getFirst().headers();
        assertThat(seen)
                .doesNotContainKeys("x-ragops-shadow", "x-ragops-track")
                .containsEntry("authorization", "Bearer runtime-secret")
                .containsEntry("x-ragops-authorization", "Bearer mine")
                .containsKeys("x-request-id", "x-ragops-deadline-ms");
        assertThat(seen.get("traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00");
    }

    @Test
    void ofATraceGoThrough() throws Exception {
        start("none", 0);
        stage.ask("x-request-id", "r1", "traceparent", "00-1-2-01");

        assertThat(stable.seen().getFirst().headers())
                .containsEntry("x-request-id", "r1")
                .containsEntry("traceparent", "00-1-2-01");
    }
}
