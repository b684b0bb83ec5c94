package dev.ragops.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AdminPortTest extends OnStage {
    @Test
    void showsEvidenceOnlyToWhoHoldsTheKey() throws Exception {
        start("none", 0);
        assertThat(stage.admin("/-/route", false).statusCode()).isEqualTo(401);
        assertThat(stage.admin("/-/evidence?generation=7", false).statusCode()).isEqualTo(401);
        assertThat(stage.admin("/-/route", true).statusCode()).isEqualTo(200);
    }

    @Test
    void saysWhatIsWrongWithAQuestion() throws Exception {
        start("none", 0);
        assertThat(stage.admin("/-/evidence?generation=x", true).statusCode()).isEqualTo(400);
        assertThat(stage.admin("/-/evidence?generation=99", true).statusCode()).isEqualTo(404);
        assertThat(stage.admin("/nothing", true).statusCode()).isEqualTo(404);
    }
}
