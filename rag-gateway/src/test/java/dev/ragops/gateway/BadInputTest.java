package dev.ragops.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ragops.gateway.route.Documents;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a client may send, by mistake or on purpose. Whatever it is, the next client is served. */
class BadInputTest extends OnStage {

    @AfterEach
    void nobodyElseIsDisturbed() throws Exception {
        assertThat(stage.ask().statusCode()).isEqualTo(200);
        await().atMost(SOON).until(() -> stage.gateway.underWay() == 0);
        assertThat(stage.evidence(7).getJsonObject("users").getLong("errors")).isZero();
    }

    @Nested
    class WhatIsNoHttp {
        @Test
        void getsAProblemAndTheConnectionIsClosed() throws Exception {
            start("none", 0);
            assertProblem(raw("\u0001\u0002 nonsense\r\n\r\n"), 400);
            assertProblem(raw("POST /query HTTP/1.1\r\nno colon here\r\n\r\n"), 400);
            assertProblem(raw("POST /query HTTP/1.1\r\nhost: x\r\nbad name: x\r\n\r\n"), 400);
            assertProblem(raw("POST /query HTTP/1.1\r\nhost: x\r\ncontent-length: many\r\n\r\n"), 400);
            assertThat(stable.seen()).isEmpty();
        }

        @Test
        void isSaidToBeTooLong() throws Exception {
            start("none", 0);
            assertProblem(raw("GET /" + "a".repeat(10_000) + " HTTP/1.1\r\nhost: x\r\n\r\n"), 414);
            assertProblem(raw("GET / HTTP/1.1\r\nhost: x\r\nx-long: " + "a".repeat(20_000) + "\r\n\r\n"), 431);
            assertThat(stable.seen()).isEmpty();
        }
    }

    @Nested
    class ASecondRequestHiddenInTheFirst {
        private static final String HIDDEN = "POST /hidden HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n";

        @Test
        void isNotFoundByTwoLengths() throws Exception {
            start("none", 0);
            assertProblem(
                    raw("POST /ingest HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\ncontent-length: %d\r\n\r\n%s"
                            .formatted(HIDDEN.length(), HIDDEN)),
                    400);
            assertThat(stable.seen()).isEmpty();
        }

        @Test
        void isNotFoundByAnUnknownTransferEncoding() throws Exception {
            start("none", 0);
            for (String encoding : new String[] {"xchunked", "identity", "gzip, chunked", "chunked, chunked"}) {
                assertProblem(
                        raw("POST /ingest HTTP/1.1\r\nhost: x\r\ntransfer-encoding: %s\r\n\r\n0\r\n\r\n%s"
                                .formatted(encoding, HIDDEN)),
                        501);
            }
            assertThat(stable.seen()).isEmpty();
        }

        @Test
        void isPartOfTheBodyWhenChunksAndLengthDisagree() throws Exception {
            start("none", 0);
            for (String path : new String[] {"/ingest", "/query"}) {
                String answer = raw(("POST %s HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 5\r\n"
                                + "transfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n")
                        .formatted(path, HIDDEN.length(), HIDDEN));
                assertThat(answer).startsWith("HTTP/1.1 200");
            }
            assertThat(stable.seen()).extracting(FakeRuntime.Seen::uri).containsExactly("/ingest", "/query");
            assertThat(stable.seen()).allMatch(seen -> seen.bodyBytes() == HIDDEN.length());
            assertThat(stable.seen())
                    .noneMatch(seen -> seen.headers().containsKey("transfer-encoding")
                            && seen.headers().containsKey("content-length"));
        }
    }

    @Nested
    class ASlowClient {
        @Test
        void getsATimeOutBeforeAnyPodIsAsked() throws Exception {
            start(Documents.document(7, "none", 0).put("requestTimeoutMillis", 300));

            assertProblem(raw("POST /query HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{\"query\""), 408);

            assertThat(stable.seen()).isEmpty();
        }

        @Test
        void thatLeavesWithinItsBodyIsForgotten() throws Exception {
            start("none", 0);
            for (String path : new String[] {"/query", "/ingest", "/query"}) {
                try (Socket socket = new Socket("127.0.0.1", stage.gateway.userPort())) {
                    socket.getOutputStream()
                            .write("POST %s HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"
                                    .formatted(path)
                                    .getBytes(StandardCharsets.US_ASCII));
                }
            }
            await().atMost(SOON).until(() -> stage.gateway.underWay() == 0);
            assertThat(stable.seen()).isEmpty();
        }
    }

    @Nested
    class AnOddRequest {
        @Test
        void toConnectOrTraceIsRefused() throws Exception {
            start("none", 0);
            assertProblem(raw("CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n"), 501);
            assertProblem(raw("TRACE / HTTP/1.1\r\nhost: x\r\n\r\n"), 501);
            assertThat(stable.seen()).isEmpty();
        }

        @Test
        void withAWholeAddressGoesToStableAndNowhereElse() throws Exception {
            start("none", 0);
            assertThat(
                            raw(
                                    "GET http://elsewhere.example/documents/1?a=b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200");
            assertThat(stable.seen().getFirst().uri()).isEqualTo("/documents/1?a=b");
        }

        @Test
        void ofTheWrongMethodOrToAnUnknownPathIsForStableToAnswer() throws Exception {
            stable.does(FakeRuntime.answer(405));
            start("split", 100);
            for (String method : new String[] {"GET", "PUT", "PATCH", "OPTIONS", "MADEUP"}) {
                assertThat(stage.send(stage.request(method, "/query", "")).statusCode())
                        .isEqualTo(405);
            }
            assertThat(stage.send(stage.request("POST", "/unknown", "{}")).statusCode())
                    .isEqualTo(405);
            assertThat(candidate.seen()).isEmpty();
        }

        @Test
        void toBecomeAWebSocketIsAnOrdinaryOneAtThePod() throws Exception {
            stable.does(FakeRuntime.answer(404));
            start("none", 0);
            assertThat(raw("GET /live HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: Upgrade, close\r\n"
                            + "sec-websocket-version: 13\r\nsec-websocket-key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n\r\n"))
                    .startsWith("HTTP/1.1 404");
            assertThat(stable.seen().getFirst().headers()).doesNotContainKey("upgrade");
            stable.does(FakeRuntime.answer(200));
        }

        @Test
        void withoutTextInItsHeadersOrBodyPasses() throws Exception {
            start("none", 0);
            assertThat(
                            raw(
                                    "POST /query HTTP/1.1\r\nhost: x\r\nx-name: \u00e4\u00ff\r\nconnection: close\r\ncontent-length: 2\r\n\r\n\u00c3("))
                    .startsWith("HTTP/1.1 200");
            assertThat(stable.seen().getFirst().headers()).containsEntry("x-name", "\u00e4\u00ff");
            assertThat(stable.seen().getFirst().bodyBytes()).isEqualTo(2);
        }

        @Test
        void withoutABodyIsForTheRuntimeToAnswer() throws Exception {
            stable.does(FakeRuntime.answer(400));
            start("none", 0);
            assertThat(stage.send(stage.request("POST", "/query", "")).statusCode())
                    .isEqualTo(400);
            assertThat(stage.track(7, "stable", "retrieval").getLong("clientErrors"))
                    .isEqualTo(1);
            stable.does(FakeRuntime.answer(200));
        }
    }

    @Nested
    class AnOldClient {
        @Test
        void ofHttp10GetsWholeAnswersAndItsConnectionClosed() throws Exception {
            start("none", 0);
            String answer = raw("POST /query HTTP/1.0\r\ncontent-length: 2\r\n\r\n{}");
            assertThat(answer).contains(" 200 ").contains("\"sources\"").doesNotContain("chunked");
            stable.does(FakeRuntime.streamOf("a"));
            answer = raw("POST /query HTTP/1.0\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\n{}");
            assertThat(answer)
                    .contains(" 200 ")
                    .endsWith("event: done\ndata: {}\n\n")
                    .doesNotContain("chunked");
        }

        @Test
        void thatAsksForTheHeadGetsNoBody() throws Exception {
            start("none", 0);
            String answer = raw("HEAD /documents/1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n");
        }
    }

    @Test
    void severalRequestsOnOneConnectionAreAnsweredInTurn() throws Exception {
        start("none", 0);
        String one = "POST /query HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}";
        String answers = raw(one + one + one.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n"));

        assertThat(answers.split("HTTP/1.1 200", -1)).hasSize(4);
        assertThat(stable.seen()).hasSize(3);
        await().atMost(SOON).until(() -> stage.gateway.underWay() == 0);
    }

    /** Sends bytes, and reads until the connection is closed. */
    private String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", stage.gateway.userPort())) {
            socket.setSoTimeout((int) SOON.toMillis());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(answer);
            return answer.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private static void assertProblem(String answer, int status) {
        assertThat(answer).matches("(?s)HTTP/1\\.[01] " + status + " .*").contains("application/problem+json");
        JsonObject problem = new JsonObject(answer.substring(answer.indexOf("\r\n\r\n") + 4));
        assertThat(problem.getInteger("status")).isEqualTo(status);
        assertThat(problem.getString("detail")).isNotBlank();
    }
}
