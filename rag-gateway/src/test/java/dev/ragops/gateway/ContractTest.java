package dev.ragops.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.gateway.evidence.Comparison;
import dev.ragops.gateway.evidence.Event;
import dev.ragops.gateway.evidence.Generation;
import dev.ragops.gateway.route.Choice.Track;
import dev.ragops.gateway.route.Route;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Holds the gateway to the documents of docs/contracts.md, read from there: the operator is held to the same page. */
class ContractTest {
    private static final Path CONTRACTS = Path.of("..", "docs", "contracts.md");

    @Test
    void the_route_document_is_read_in_full() throws Exception {
        Route route = Route.parse(example("## Route document", "```json"));

        assertThat(route.generation()).isEqualTo(7);
        assertThat(route.appliedSeq()).isEqualTo(12);
        assertThat(route.stable()).contains(new Route.Target("support-0a1b2c3d4e", "support-0a1b2c3d4e", "3"));
        assertThat(route.candidate()).map(Route.Target::version).contains("4");
        assertThat(route.control()).isEmpty();
        assertThat(route.split()).isEqualTo(new Route.Split(Route.Split.Kind.SHADOW, 10_000));
        assertThat(route.matches()).containsExactly(new Route.Match("x-beta", "true"));
        assertThat(route.objectives())
                .containsExactly(
                        new Route.Objective("availability", "", Optional.empty()),
                        new Route.Objective("latency", "retrieval", Optional.of(300L)));
        assertThat(route.stickiness().header()).isEqualTo("x-user");
        assertThat(route.comparedSources()).isEqualTo(10);
        assertThat(route.keptPairs()).isZero();
        assertThat(route.requestTimeoutMillis()).isEqualTo(10_000);
    }

    @Test
    void the_evidence_document_has_the_fields_of_the_page() throws Exception {
        JsonObject page = new JsonObject(example("`/-/evidence` (404", "```json"));
        Generation generation = new Generation(Route.parse(example("## Route document", "```json")), 1);
        generation.add(Track.STABLE, new Event(Event.Ending.ANSWERED, "retrieval", 4));
        generation.compare(new Comparison(1, 1, true), 2);
        JsonObject ours = generation.toJson();

        TreeSet<String> added = new TreeSet<>(page.fieldNames());
        added.removeAll(ours.fieldNames());
        assertThat(added).containsExactly("at", "ejected", "pod", "process");
        assertThat(ours.getJsonObject("comparison").fieldNames())
                .isEqualTo(page.getJsonObject("comparison").fieldNames());
        assertThat(ours.getJsonObject("tracks").fieldNames())
                .isEqualTo(page.getJsonObject("tracks").fieldNames());
        assertThat(retrieval(ours).fieldNames()).isEqualTo(retrieval(page).fieldNames());
        assertThat(ours.getJsonObject("tracks").getJsonObject("control")).isNull();
    }

    private static JsonObject retrieval(JsonObject evidence) {
        return evidence.getJsonObject("tracks")
                .getJsonObject("stable")
                .getJsonObject("classes")
                .getJsonObject("retrieval");
    }

    private static String example(String after, String fence) throws Exception {
        String page = Files.readString(CONTRACTS);
        int begin = page.indexOf(fence, page.indexOf(after)) + fence.length();
        return page.substring(begin, page.indexOf("```", begin));
    }
}
