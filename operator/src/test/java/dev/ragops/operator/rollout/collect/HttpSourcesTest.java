package dev.ragops.operator.rollout.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.ragops.operator.gateway.EvidenceKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class HttpSourcesTest {
    private static final String EVIDENCE = """
            {"process": "p-1", "pod": "gw", "generation": 7, "at": 1, "unknown": {"x": 1},
             "tracks": {
               "stable": {"revision": "s", "classes": {"retrieval": {"total": 1200, "errors": 3, "shed": 1, "clientErrors": 2, "excluded": 4,
                  "slow": {"latency": 12}, "latencyMillis": {"bounds": [1, 2, 5, 10], "counts": [0, 4, 900, 260, 36]}}}},
               "candidate": {"revision": "c", "classes": {}}, "control": null},
             "users": {"total": 1300, "errors": 1}, "fallbacks": 2, "unsticky": 40,
             "comparison": {"pairs": 480, "overlapAtK": 431.2, "rankBiasedOverlap": 440.1, "sameTopPassage": 402,
                            "latencyDifferenceMillis": -5210.4, "shed": 3},
             "ejected": {"revision": "c", "generation": 7, "at": 1, "reason": "fallbacks"}}
            """;

    private HttpServer server;
    private volatile int status = 200;
    private volatile String body = "";
    private final AtomicReference<String> authorization = new AtomicReference<>("");
    private final AtomicReference<String> path = new AtomicReference<>("");
    private volatile Optional<byte[]> previousKey = Optional.empty();
    /** How many requests are refused before one is answered. */
    private final AtomicInteger refusals = new AtomicInteger();

    HttpSourcesTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void start() {
        server.createContext("/", exchange -> {
            String header = exchange.getRequestHeaders().getFirst("Authorization");
            authorization.set(header == null ? "" : header);
            path.set(exchange.getRequestURI().toString());
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            int answered = refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0 ? 401 : status;
            exchange.sendResponseHeaders(answered, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private static Subject subject() {
        return new Subject(
                "default",
                "support",
                "support",
                "model-uid",
                7,
                Duration.ofSeconds(5),
                Optional.empty(),
                false,
                Optional.empty());
    }

    @Nested
    class Gateways {
        private final GatewayEvidence source = new GatewayEvidence(
                new GatewayEvidence.Gateways() {
                    @Override
                    public List<GatewayEvidence.Gateway> ready(Subject subject) {
                        return List.of(new GatewayEvidence.Gateway("gw", address()));
                    }

                    @Override
                    public EvidenceKeys evidenceKeys(Subject subject) {
                        return new EvidenceKeys("key".getBytes(StandardCharsets.UTF_8), previousKey);
                    }
                },
                Clock.fixed(Instant.ofEpochSecond(1_764_000_000), ZoneOffset.UTC));

        @Test
        void are_read_as_the_contract_says() {
            body = EVIDENCE;
            assertThat(source.ask(subject())).singleElement().isInstanceOfSatisfying(GatewayAnswer.Counted.class, a -> {
                assertThat(a.process()).isEqualTo("p-1");
                assertThat(a.tally().stable().of("retrieval").slow()).containsEntry("latency", 12L);
                assertThat(a.tally().stable().of("retrieval").latency().total()).isEqualTo(1200);
                assertThat(a.tally().candidate().total()).isZero();
                assertThat(a.tally().userErrors()).isEqualTo(1);
                assertThat(a.tally().pairs().overlapAtK()).isEqualTo(431.2);
                assertThat(a.ejection().orElseThrow().reason()).isEqualTo("fallbacks");
            });
            assertThat(path.get()).isEqualTo("/-/evidence?generation=7");
        }

        @Test
        void that_have_not_read_a_new_key_yet_are_asked_with_the_one_before() {
            body = EVIDENCE;
            previousKey = Optional.of("before".getBytes(StandardCharsets.UTF_8));
            refusals.set(1);
            assertThat(source.ask(subject())).singleElement().isInstanceOf(GatewayAnswer.Counted.class);
            // printf 'v1.1764000120.model-uid' | openssl dgst -sha256 -hmac before -binary | basenc --base64url
            assertThat(authorization.get()).endsWith(".Zrd9XHVJKricX6Z66nGtchqGqt8TsWm_SoLolaPdpis");

            refusals.set(2);
            assertThat(source.ask(subject())).singleElement().isInstanceOf(GatewayAnswer.Unreachable.class);
        }

        @Test
        void see_a_token_signed_for_this_model_that_expires() {
            body = EVIDENCE;
            source.ask(subject());
            // printf 'v1.1764000120.model-uid' | openssl dgst -sha256 -hmac key -binary | basenc --base64url
            assertThat(authorization.get()).startsWith("Bearer v1.1764000120.");
            assertThat(authorization.get().substring("Bearer v1.1764000120.".length()))
                    .hasSize(43)
                    .doesNotContain("=");
        }

        @Test
        void that_never_saw_the_generation_say_so() {
            status = 404;
            assertThat(source.ask(subject())).containsExactly(new GatewayAnswer.Unaware("gw"));
        }

        @Test
        void that_answer_nonsense_count_as_silent() {
            for (String nonsense :
                    List.of("not json", "{}", EVIDENCE.replace("\"generation\": 7", "\"generation\": 6"))) {
                body = nonsense;
                assertThat(source.ask(subject())).singleElement().isInstanceOf(GatewayAnswer.Unreachable.class);
            }
            status = 401;
            assertThat(source.ask(subject())).containsExactly(new GatewayAnswer.Unreachable("gw", "HTTP 401"));
            server.stop(0);
            assertThat(source.ask(subject())).singleElement().isInstanceOf(GatewayAnswer.Unreachable.class);
        }
    }

    @Nested
    class A_prometheus {
        private final PrometheusSource source = new PrometheusSource((_, name) -> switch (name) {
            case "token" -> Map.of("token", "t");
            case "basic" -> Map.of("username", "u", "password", "p");
            case "ca" -> Map.of("ca.crt", "not a certificate");
            default -> throw new IllegalStateException("there is no Secret " + name);
        });

        private Subject.Prometheus at(String... secret) {
            return new Subject.Prometheus(
                    "http://" + address() + "/",
                    secret.length == 0 ? Optional.empty() : Optional.of(secret[0]),
                    List.of());
        }

        @Test
        void answers_one_number() {
            body = "{\"data\": {\"resultType\": \"vector\", \"result\": [{\"metric\": {}, \"value\": [1, \"0.25\"]}]}}";
            assertThat(source.query(subject(), at(), "sum(x{a=\"b\"})")).hasValue(0.25);
            assertThat(path.get()).startsWith("/api/v1/query?query=sum%28x");
            body = "{\"data\": {\"resultType\": \"scalar\", \"result\": [1, \"+Inf\"]}}";
            assertThat(source.query(subject(), at(), "x")).hasValue(Double.POSITIVE_INFINITY);
            body = "{\"data\": {\"resultType\": \"scalar\", \"result\": [1, \"-Inf\"]}}";
            assertThat(source.query(subject(), at(), "x")).hasValue(Double.NEGATIVE_INFINITY);
        }

        @Test
        void that_has_no_number_gives_none() {
            body = "{\"data\": {\"resultType\": \"vector\", \"result\": []}}";
            assertThat(source.query(subject(), at(), "x")).isEmpty();
            body = "{\"data\": {\"resultType\": \"scalar\", \"result\": [1, \"NaN\"]}}";
            assertThat(source.query(subject(), at(), "x")).isEmpty();
        }

        @Test
        void that_cannot_answer_is_explained() {
            body =
                    "{\"data\": {\"resultType\": \"vector\", \"result\": [{\"value\": [1, \"1\"]}, {\"value\": [1, \"2\"]}]}}";
            assertThatThrownBy(() -> source.query(subject(), at(), "x")).hasMessageContaining("aggregate it to one");
            body = "{\"data\": {\"resultType\": \"matrix\", \"result\": []}}";
            assertThatThrownBy(() -> source.query(subject(), at(), "x")).hasMessageContaining("neither");
            status = 400;
            body = "parse error at char 3";
            assertThatThrownBy(() -> source.query(subject(), at(), "x"))
                    .hasMessageContaining("HTTP 400")
                    .hasMessageContaining("char 3");
            assertThatThrownBy(() -> source.query(subject(), at("missing"), "x"))
                    .hasMessageContaining("no Secret");
            assertThatThrownBy(() -> source.query(subject(), at("ca"), "x")).hasMessageContaining("ca.crt");
            Subject.Prometheus gone = at();
            server.stop(0);
            assertThatThrownBy(() -> source.query(subject(), gone, "x")).hasMessageContaining("Prometheus at");
        }

        @Test
        void gets_the_credentials_it_asks_for() {
            body = "{\"data\": {\"resultType\": \"scalar\", \"result\": [1, \"1\"]}}";
            source.query(subject(), at("token"), "x");
            assertThat(authorization.get()).isEqualTo("Bearer t");
            source.query(subject(), at("basic"), "x");
            assertThat(authorization.get()).isEqualTo("Basic dTpw");
        }
    }
}
