package dev.ragops.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.e2e.cluster.Front;
import dev.ragops.e2e.cluster.Waiting;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Keys of clients come, count, and go while the same pods serve: the operator copies them, the kubelet carries them, the gateway passes them on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ApiKeysIT {
    /** The operator looks every half minute, the kubelet about every minute. */
    private static final Duration CARRIED = Duration.ofMinutes(3);

    private static final Map<String, String> QUESTION = Map.of("query", "how does a rollback work?");

    private final Stage stage = new Stage(ApiKeysIT.class);
    private String key = "";
    private String pods = "";

    @AfterAll
    void leave() {
        stage.close();
    }

    @BeforeAll
    void everybodyIsServed() {
        stage.serveBaseline();
        pods = pods();
        assertThat(ask("")).isEqualTo(200);
    }

    @Test
    @Order(1)
    void aModelThatNamesASecretServesItsBearersOnly() {
        String said =
                stage.command().run(Duration.ofSeconds(60), "./ragops", "key", "new", "--name", "shop", "--read-only");
        key = theOne(said, line -> line.contains("rk_")).replaceFirst(".*(rk_\\S+).*", "$1");
        String forTheSecret = theOne(said, line -> line.startsWith("{"));
        stage.kubectl("create", "secret", "generic", "clients", "--from-literal=shop=" + forTheSecret);
        stage.kubectl("label", "secret", "clients", "ragops.dev/readable=true");

        stage.change("{\"gateway\": {\"auth\": {\"apiKeysSecret\": {\"name\": \"clients\"}}}}");

        await("nobody without a key", "", 401);
        assertThat(ask(key)).isEqualTo(200);
        assertThat(ask(key + "x")).isEqualTo(401);
    }

    @Test
    @Order(2)
    void aSecretThatIsGoneIsNamedAndItsKeysGoOnCounting() {
        stage.kubectl("delete", "secret", "clients");

        stage.awaitCondition(Stage.MODEL, "Stalled", "True", "ApiKeysUnreadable", "clients", "known last");
        assertThat(ask(key)).isEqualTo(200);
        assertThat(ask("")).isEqualTo(401);
    }

    @Test
    @Order(3)
    void aModelThatNamesNoSecretServesEverybodyAgainFromTheSamePods() {
        stage.change("{\"gateway\": {\"auth\": null}}");

        await("everybody", "", 200);
        stage.awaitCondition(Stage.MODEL, "Stalled", "False");
        assertThat(pods()).isEqualTo(pods);
    }

    private static String theOne(String said, Predicate<String> which) {
        return said.lines().filter(which).findFirst().orElseThrow();
    }

    private int ask(String bearer) {
        try (Front front = new Front(stage.cluster(), Stage.MODEL)) {
            String[] headers = bearer.isEmpty() ? new String[0] : new String[] {"authorization", "Bearer " + bearer};
            return front.post("/query", QUESTION, headers).status();
        }
    }

    private void await(String who, String bearer, int status) {
        Waiting.until(
                who + " is served with " + status,
                CARRIED,
                () -> ask(bearer) == status,
                () -> stage.cluster().inWords(Stage.MODEL));
    }

    private String pods() {
        return stage.kubectl("get", "pods", "--output", "jsonpath={.items[*].metadata.uid}");
    }
}
