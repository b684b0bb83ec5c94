package dev.ragops.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AdminPortTest extends OnStage {
    @Test
    void showsEvidenceOnlyToWhoHoldsTheKey() throws Exception {
        start("none", 0);
        assertThat(stage.admin("/-/route", false).statusCode()).isEqualTo(401);
        assertThat(stage.admin("/-/evidence?generation=7", false).statusCode()).isEqualTo(401);
        assertThat(stage.admin("/-/route", true).statusCode()).isEqualTo(200);
    }

    /** The operator takes the old token back when no gateway shows it any more. */
    @Test
    void saysWhichTokenItShowsAndFollowsTheFile() throws Exception {
        start("none", 0);
        // printf runtime-secret | sha256sum | head -c 12
        assertThat(stage.routeReport().getString("token")).isEqualTo("2443a92e70e0");

        stage.replace("token", "another\n");

        await().atMost(10, TimeUnit.SECONDS)
                .until(() -> stage.routeReport().getString("token").equals("ae448ac86c4e"));
        stage.ask();
        assertThat(stable.seen().getLast().headers().get("authorization")).isEqualTo("Bearer another");
    }

    @Test
    void saysWhatIsWrongWithAQuestion() throws Exception {
        start("none", 0);
        assertThat(stage.admin("/-/evidence?generation=x", true).statusCode()).isEqualTo(400);
        assertThat(stage.admin("/-/evidence?generation=99", true).statusCode()).isEqualTo(404);
        assertThat(stage.admin("/nothing", true).statusCode()).isEqualTo(404);
    }
}
