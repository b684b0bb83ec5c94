package dev.ragops.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes over the wire around a request: streams, compression, ids that tie requests together, and connections that break. */
class WireTest extends ServerFixture {
    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Nested
    class A_stream_of_an_answer {
        @Test
        void begins_with_the_sources_and_says_the_same_as_the_whole_answer() throws Exception {
            JsonNode whole = query("{\"query\":\"what is a rollback?\"}");

            HttpResponse<String> response = post("/query", "{\"query\":\"what is a rollback?\",\"stream\":true}");

            assertThat(response.headers().firstValue("content-type")).contains("text/event-stream");
            assertThat(response.headers().firstValue("x-ragops-answer-class")).contains("retrieval");
            String[] events = response.body().split("\n\n");
            assertThat(events[0]).startsWith("event: sources\n");
            assertThat(ContractOracle.parsed(data(events[0]))).isEqualTo(whole.path("sources"));
            StringBuilder text = new StringBuilder();
            for (int i = 1; i < events.length - 1; i++) {
                assertThat(events[i]).startsWith("event: delta\n");
                text.append(ContractOracle.parsed(data(events[i])).path("text").asText());
            }
            assertThat(text.toString()).isEqualTo(whole.at("/answer/text").asText());
            assertThat(events[events.length - 1]).startsWith("event: done\n");
            assertThat(ContractOracle.parsed(data(events[events.length - 1])).path("citations"))
                    .isEqualTo(whole.at("/answer/citations"));
        }

        @Test
        void that_cannot_begin_is_an_ordinary_problem() throws Exception {
            HttpResponse<String> response =
                    post("/query", "{\"query\":\"x\",\"stream\":true}", "x-ragops-deadline-ms", "-1");

            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
        }

        private static String data(String event) {
            return event.substring(event.indexOf("data: ") + 6);
        }
    }

    @Nested
    class Compression {
        @Test
        void is_taken() throws Exception {
            byte[] body = gzip(utf8("{\"query\":\"rollback\"}"));

            HttpResponse<String> response = send("POST", "/query", TYPE, body, "content-encoding", "gzip");

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).contains("\"sources\":[");
        }

        @Test
        void is_given_where_it_is_worth_it() throws Exception {
            HttpResponse<byte[]> large = asking("/openapi.json");
            assertThat(large.headers().firstValue("content-encoding")).contains("gzip");
            byte[] plain = new GZIPInputStream(new ByteArrayInputStream(large.body())).readAllBytes();
            assertThat(new String(plain, StandardCharsets.UTF_8)).contains("\"openapi\":");
            assertThat(plain.length).isGreaterThan(3 * large.body().length);

            HttpResponse<byte[]> small = asking("/health/live");
            assertThat(small.headers().firstValue("content-encoding")).isEmpty();
        }

        private HttpResponse<byte[]> asking(String path) throws Exception {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                    .header("accept-encoding", "gzip")
                    .build();
            return http.send(request, BodyHandlers.ofByteArray());
        }

        @Test
        void does_not_carry_a_bomb_past_the_limit() throws Exception {
            byte[] bomb = gzip(new byte[64 << 20]);

            assertThat(bomb.length).isLessThan(1 << 20);
            HttpResponse<String> response = send("POST", "/query", TYPE, bomb, "content-encoding", "gzip");
            assertThat(response.statusCode()).isEqualTo(413);
            assertThat(query("{\"query\":\"rollback\"}").path("sources")).isNotEmpty();
        }

        @Test
        void of_another_kind_is_refused() throws Exception {
            assertThat(send("POST", "/query", TYPE, utf8("{}"), "content-encoding", "lzma")
                            .statusCode())
                    .isEqualTo(415);
        }
    }

    @Nested
    class A_request {
        @Test
        void keeps_the_ids_it_came_with_and_gets_those_it_lacks() throws Exception {
            String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

            HttpResponse<String> given =
                    post("/query", "{\"query\":\"x\"}", "traceparent", trace, "x-request-id", "r-1");
            HttpResponse<String> made = post("/query", "{", "traceparent", "00-nonsense", "x-request-id", "a b");

            assertThat(given.headers().firstValue("traceparent")).contains(trace);
            assertThat(given.headers().firstValue("x-request-id")).contains("r-1");
            assertThat(made.statusCode()).isEqualTo(400);
            assertThat(made.headers().firstValue("traceparent").orElseThrow())
                    .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]");
            assertThat(made.headers().firstValue("x-request-id").orElseThrow()).matches("[0-9a-f]{16}");
        }

        @Test
        void with_half_a_character_or_a_number_that_is_none_is_refused() throws Exception {
            assertThat(post("/query", "{\"query\":\"\\ud800\"}").body()).contains("half of a surrogate pair");
            assertThat(post("/query", "{\"query\":\"\\ud83d\\ude00\"}").statusCode())
                    .isEqualTo(200);
            assertThat(post("/query", "{\"query\":\"x\",\"minScore\":NaN}").statusCode())
                    .isEqualTo(400);
            assertThat(post("/query", "{\"query\":\"x\",\"minScore\":1e999}").body())
                    .contains("minScore must be");
            assertThat(post("/query", "{\"query\":\"x\",\"topK\":" + "9".repeat(2000) + "}")
                            .statusCode())
                    .isEqualTo(400);
            assertThat(post("/query", "[".repeat(100_000)).statusCode()).isEqualTo(400);
            assertThat(post("/ingest", "{\"documents\":[{\"id\":\"a\\u0007\",\"text\":\"x\"}]}")
                            .body())
                    .contains("documents[0].id must not");
        }

        /** PostgreSQL stores no NUL, so no store gets one. */
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "id|{\"id\":\"a\\u0000b\",\"text\":\"x\"}",
                    "id|{\"id\":\"a\\n\",\"text\":\"x\"}",
                    "text|{\"id\":\"a\",\"text\":\"x\\u0000\"}",
                    "title|{\"id\":\"a\",\"text\":\"x\",\"title\":\"\\u0000\"}"
                })
        void with_a_character_that_no_store_holds_is_refused_by_field(String field, String document) throws Exception {
            HttpResponse<String> whole = post("/ingest", "{\"documents\":[" + document + "]}");
            HttpResponse<String> line = send("POST", "/ingest", "application/x-ndjson", utf8(document));

            assertThat(whole.statusCode()).isEqualTo(400);
            assertThat(json(whole).path("field").asText()).isEqualTo("documents[0]." + field);
            assertThat(json(line).path("status").asText()).isEqualTo("error");
            assertThat(json(line).path("field").asText()).isEqualTo(field);
            assertThat(json(get("/documents")).path("documents")).isEmpty();
        }

        @Test
        void whose_path_or_parameters_have_such_a_character_is_refused_too() throws Exception {
            assertThat(get("/documents/a%00b").statusCode()).isEqualTo(400);
            assertThat(get("/documents/a%0A").statusCode()).isEqualTo(400);
            assertThat(get("/documents?collection=a%00").statusCode()).isEqualTo(400);
            assertThat(get("/documents?collection=a%0A").statusCode()).isEqualTo(400);
        }

        @Test
        void by_a_method_that_is_not_there_hears_which_are() throws Exception {
            HttpResponse<String> response = send("PATCH", "/documents/a", TYPE, utf8("{}"));

            assertThat(response.statusCode()).isEqualTo(405);
            assertThat(response.headers().firstValue("allow")).contains("DELETE, GET");
        }
    }

    @Nested
    class A_stream_of_documents {
        private static String line(int i) {
            return "{\"id\":\"n" + i + "\",\"text\":\"line number " + i + "\"}\n";
        }

        @Test
        void that_breaks_off_keeps_what_was_answered_and_disturbs_nobody() throws Exception {
            int answered = 0;
            try (Socket socket = new Socket("127.0.0.1", URI.create(url).getPort())) {
                OutputStream out = socket.getOutputStream();
                out.write(utf8("POST /ingest?wait=false HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\n"
                        + "content-length: 1000000\r\n\r\n"));
                for (int i = 0; i < 150; i++) {
                    out.write(utf8(line(i)));
                }
                out.flush();
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                for (String read = in.readLine(); read != null && answered < 100; read = in.readLine()) {
                    answered += read.contains("\"status\":\"created\"") ? 1 : 0;
                }
                socket.setSoLinger(true, 0);
            }

            assertThat(answered).isEqualTo(100);
            for (int i : List.of(0, 50, 99)) {
                assertThat(get("/documents/n" + i).statusCode()).isEqualTo(200);
            }
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(
                            () -> assertThat(get("/metrics").body()).contains("requests_total{route=\"/ingest\""));
            assertThat(get("/documents/n100").statusCode()).isEqualTo(404);
            assertThat(query("{\"query\":\"rollback\"}").path("sources")).isNotEmpty();
        }

        @Test
        void loses_a_line_beyond_all_measure_and_nothing_else() throws Exception {
            String big = "{\"id\":\"big\",\"text\":\"" + "x".repeat(11 << 20) + "\"}\n";

            HttpResponse<String> response =
                    send("POST", "/ingest", "application/x-ndjson", utf8(line(1) + big + line(3) + big.strip()));

            List<String> answers = response.body().lines().toList();
            assertThat(answers).hasSize(4);
            assertThat(answers.get(0)).contains("\"line\":1").contains("created");
            assertThat(answers.get(1)).contains("\"line\":2").contains("error").contains("longer than 10 MiB");
            assertThat(answers.get(2)).contains("\"line\":3").contains("created");
            assertThat(answers.get(3)).contains("\"line\":4").contains("longer than 10 MiB");
            assertThat(json(get("/documents")).path("documents")).hasSize(2);
        }

        /** The contract lets two million characters through; in UTF-8 they are up to eight million bytes. */
        @Test
        void takes_the_largest_document_there_is() throws Exception {
            String text = "漢".repeat(2_000_000);

            HttpResponse<String> response = send(
                    "POST",
                    "/ingest?wait=false",
                    "application/x-ndjson",
                    utf8("{\"id\":\"large\",\"text\":\"" + text + "\"}"));

            assertThat(response.body()).contains("created");
        }

        @Test
        void names_the_field_of_a_bad_line() throws Exception {
            HttpResponse<String> response =
                    send("POST", "/ingest", "application/x-ndjson", utf8("{\"id\":\"a\"}\n\n" + line(1)));

            assertThat(response.body().lines().findFirst().orElseThrow())
                    .contains("\"line\":1")
                    .contains("\"field\":\"text\"");
            assertThat(json(get("/documents")).path("documents")).hasSize(1);
        }
    }

    @Test
    void a_bundled_document_is_read_until_one_of_the_store_or_its_deletion_hides_it() throws Exception {
        JsonNode bundled = json(get("/documents/rollback"));
        assertThat(bundled.path("text").asText()).isEqualTo("A rollback is a change of route, never a rebuild.");
        assertThat(bundled.at("/metadata/kind").asText()).isEqualTo("concept");
        assertThat(bundled.path("sequence").asInt()).isZero();
        assertThat(get("/documents/rollback?collection=other").statusCode()).isEqualTo(404);

        post("/ingest", "{\"documents\":[{\"id\":\"rollback\",\"text\":\"mine\"}]}");
        assertThat(json(get("/documents/rollback")).path("text").asText()).isEqualTo("mine");

        send("DELETE", "/documents/rollback", "", new byte[0]);
        assertThat(get("/documents/rollback").statusCode()).isEqualTo(404);
        assertThat(json(get("/documents")).path("documents")).isEmpty();

        serveAgain(Optional.empty(), List.of());
        assertThat(json(get("/documents/rollback")).path("text").asText()).contains("change of route");
    }

    @Test
    void a_listing_goes_no_further_than_the_deadline() throws Exception {
        HttpResponse<String> response = get("/documents", "x-ragops-deadline-ms", "-1");

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(json(response).path("title").asText()).isEqualTo("Deadline passed");
    }

    @Test
    void a_listing_goes_page_by_page() throws Exception {
        post("/ingest", """
                {"documents":[{"id":"a","text":"one"},{"id":"b","text":"two"},{"id":"c","text":"three"}]}""");

        JsonNode first = json(get("/documents?limit=2"));
        assertThat(first.path("documents")).hasSize(2);
        JsonNode second =
                json(get("/documents?limit=2&after=" + first.path("next").asText()));
        assertThat(second.at("/documents/0/id").asText()).isEqualTo("c");
        assertThat(second.has("next")).isFalse();
        assertThat(get("/documents?limit=many").body()).contains("limit must be a whole number from 1 to 1000");
    }
}
