package dev.ragops.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ragops.gateway.route.Documents;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WarmUpTest extends OnStage {
    @BeforeEach
    void neverEnds() throws Exception {
        stage.close();
        begin(new Stage(folder, Duration.ofHours(1)));
    }

    @Test
    void copiesOfColdPodsAreNoEvidence() throws Exception {
        candidate.does(FakeRuntime.answer(500));
        start("shadow", 100);

        assertThat(stage.ask().statusCode()).isEqualTo(200);

        await().atMost(SOON)
                .until(() -> stage.track(7, "candidate", "retrieval").getLong("excluded") == 1);
        assertThat(stage.track(7, "candidate", "retrieval").getLong("total")).isZero();
        assertThat(stage.evidence(7).getJsonObject("comparison").getLong("pairs"))
                .isZero();
        assertThat(stage.track(7, "stable", "retrieval").getLong("total")).isEqualTo(1);
    }

    @Test
    void whatUsersGetAlwaysCounts() throws Exception {
        start(Documents.document(7, "split", 100));

        assertThat(track(stage.ask())).isEqualTo("candidate");

        await().atMost(SOON)
                .until(() -> stage.track(7, "candidate", "retrieval").getLong("total") == 1);
    }
}
