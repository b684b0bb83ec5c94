package dev.ragops.operator.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTest {
    private static final String WRITTEN = """
            {"apiVersion": "ragops.dev/route-v1",
             "model": {"namespace": "default", "name": "support", "uid": "u"},
             "generation": 7, "appliedSeq": 12,
             "stable": {"revision": "a", "service": "a", "version": "3"},
             "candidate": {"revision": "b", "service": "b", "version": "4"},
             "control": null,
             "split": {"kind": "split", "percent": "10"},
             "matches": [{"header": {"name": "x-beta", "value": "true"}}],
             "fallback": true,
             "objectives": [{"name": "latency", "class": "retrieval", "kind": "latency", "targetPercent": "95", "thresholdMillis": 300}],
             "stickiness": {"header": "x-user", "cookie": "", "tokenSubject": false, "trustedProxies": []},
             "comparison": {"topK": 10, "keepPairs": 0},
             "requestTimeoutMillis": 10000}
            """;

    private static Route route(JsonNode json) {
        return Serialization.unmarshal(Serialization.asJson(json), Route.class);
    }

    private static ObjectNode written() {
        return Serialization.unmarshal(WRITTEN, ObjectNode.class);
    }

    /** The same document with another value at one place. */
    private static Route with(String pointer, String value) {
        ObjectNode json = written();
        int slash = pointer.lastIndexOf('/');
        ObjectNode parent = slash == 0 ? json : (ObjectNode) json.at(pointer.substring(0, slash));
        parent.set(pointer.substring(slash + 1), Serialization.unmarshal(value, JsonNode.class));
        return route(json);
    }

    @Nested
    class A_generation {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "/stable/revision | \"c\"",
                    "/candidate | null",
                    "/candidate/version | \"5\"",
                    "/control | {\"revision\": \"c\", \"service\": \"c\", \"version\": \"1\"}",
                    "/split/kind | \"shadow\"",
                    "/split/percent | \"10.5\"",
                    "/matches | []",
                    "/fallback | false",
                    "/objectives | []",
                    "/objectives/0/thresholdMillis | 200",
                    "/objectives/0/targetPercent | \"99\"",
                })
        void is_raised_when_something_changes_that_evidence_depends_on(String pointer, String value) {
            Route before = route(written());

            assertThat(with(pointer, value).after(before).generation()).isEqualTo(8);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "/appliedSeq | 13",
                    "/stickiness/header | \"x-account\"",
                    "/stickiness/cookie | \"who\"",
                    "/stickiness/tokenSubject | true",
                    "/stickiness/trustedProxies | [\"10.0.0.0/8\"]",
                    "/comparison/topK | 5",
                    "/comparison/keepPairs | 20",
                    "/requestTimeoutMillis | 3000",
                })
        void stays_when_only_a_gateways_own_settings_change_and_they_are_written_all_the_same(
                String pointer, String value) {
            Route before = route(written());

            Route after = with(pointer, value).after(before);

            assertThat(after.generation()).isEqualTo(7);
            assertThat(after).isNotEqualTo(before);
        }

        @Test
        void begins_at_one_and_is_not_taken_from_a_draft() {
            assertThat(route(written()).after(null).generation()).isEqualTo(1);
            assertThat(with("/generation", "99").after(route(written())).generation())
                    .isEqualTo(7);
        }
    }
}
