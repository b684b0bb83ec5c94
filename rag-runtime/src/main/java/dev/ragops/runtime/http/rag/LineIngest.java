package dev.ragops.runtime.http.rag;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.http.contract.JsonBody;
import dev.ragops.runtime.http.contract.Problem;
import dev.ragops.runtime.http.contract.Schema;
import dev.ragops.runtime.http.serve.Call;
import dev.ragops.runtime.http.serve.Documents;
import dev.ragops.runtime.store.WriteResult;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One stream of documents, a JSON object a line. Batches are written while the stream arrives, the sender is held back meanwhile, and each line gets a line of
 * result: a bad one costs itself only. If the stream breaks off, what was answered is kept.
 */
final class LineIngest {
    private static final int BATCH = 100;
    /** What a whole list may have: room for the largest document, and a bound of what a stream holds in memory. */
    private static final int MOST_BYTES = 10 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Call call;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final String collection;
    private final Documents documents;
    private final Schema schema;
    private final List<Line> batch = new ArrayList<>();
    private Optional<WriteResult> last = Optional.empty();
    private boolean writing;
    private boolean ended;
    private boolean broken;
    private long number;
    /** What the lines that wait have at most. */
    private int bytes;

    /** A line that was read: a document, or why it is none. */
    private sealed interface Line {
        record Good(long number, SourceDocument document) implements Line {}

        record Bad(long number, Problem why) implements Line {}
    }

    /** @param schema what a line must be */
    LineIngest(Call call, String collection, Documents documents, Schema schema) {
        this.call = call;
        this.request = call.request();
        this.response = call.response();
        this.collection = collection;
        this.documents = documents;
        this.schema = schema;
    }

    void start() {
        response.setChunked(true).putHeader(HttpHeaders.CONTENT_TYPE, DocumentRoutes.LINES);
        LineCutter lines = new LineCutter(MOST_BYTES, this::read, this::tooLong);
        request.handler(chunk -> {
            lines.handle(chunk);
            if (isFull() && !writing) {
                request.pause();
                write();
            }
        });
        request.endHandler(v -> {
            lines.end();
            ended = true;
            if (!writing) {
                write();
            }
        });
        request.exceptionHandler(failure -> broken = true);
        response.exceptionHandler(failure -> broken = true);
        response.closeHandler(v -> broken = true);
    }

    private boolean isFull() {
        return batch.size() >= BATCH || bytes >= MOST_BYTES;
    }

    private void tooLong() {
        number++;
        batch.add(new Line.Bad(
                number,
                Problem.of(
                        413,
                        "Too large",
                        "the line is longer than " + (MOST_BYTES >> 20) + " MiB; split the document")));
    }

    private void read(byte[] line) {
        number++;
        if (isBlank(line)) {
            return;
        }
        bytes += line.length;
        try {
            JsonNode node = JsonBody.parse(line);
            schema.check("", node);
            batch.add(new Line.Good(number, DocumentRoutes.document(node)));
        } catch (Problem problem) {
            batch.add(new Line.Bad(number, problem));
        }
    }

    private static boolean isBlank(byte[] line) {
        for (byte one : line) {
            if (one != ' ' && one != '\t' && one != '\r') {
                return false;
            }
        }
        return true;
    }

    private void write() {
        if (broken) {
            return;
        }
        List<Line> next = batch.subList(0, Math.min(BATCH, batch.size()));
        List<Line> lines = List.copyOf(next);
        next.clear();
        if (batch.isEmpty()) {
            bytes = 0;
        }
        if (lines.isEmpty()) {
            if (ended) {
                end();
            }
            return;
        }
        writing = true;
        List<SourceDocument> good = lines.stream()
                .filter(Line.Good.class::isInstance)
                .map(line -> ((Line.Good) line).document())
                .toList();
        Future<WriteResult> written =
                good.isEmpty() ? documents.nothing(call) : documents.upsert(call, collection, good);
        written.onSuccess(result -> {
                    writing = false;
                    last = Optional.of(result);
                    answer(lines, result);
                    goOn();
                })
                .onFailure(
                        failure -> breakOff(failure.getMessage() == null ? "the store failed" : failure.getMessage()));
    }

    /** A sender who does not read its results is not read from either: what is held in memory stays bounded. */
    private void goOn() {
        if (broken) {
            return;
        }
        if (response.writeQueueFull()) {
            response.drainHandler(v -> goOn());
        } else if (ended || isFull()) {
            write();
        } else {
            request.resume();
        }
    }

    private void end() {
        last.map(result -> documents.visible(call, result).mapEmpty())
                .orElseGet(Future::succeededFuture)
                .onComplete(v -> {
                    if (!broken) {
                        response.end();
                    }
                });
    }

    private void answer(List<Line> lines, WriteResult result) {
        if (broken) {
            return;
        }
        Buffer out = Buffer.buffer();
        int next = 0;
        for (Line line : lines) {
            ObjectNode node = JSON.createObjectNode();
            switch (line) {
                case Line.Good good ->
                    node.put("line", good.number())
                            .put("id", good.document().id())
                            .put(
                                    "status",
                                    result.outcomes()
                                            .get(next++)
                                            .status()
                                            .name()
                                            .toLowerCase(Locale.ROOT))
                            .put("sequence", result.sequence());
                case Line.Bad bad -> {
                    node.put("line", bad.number())
                            .put("status", "error")
                            .put("detail", bad.why().detail());
                    bad.why().field().ifPresent(field -> node.put("field", field));
                }
            }
            out.appendString(node.toString()).appendString("\n");
        }
        response.write(out);
    }

    /** The lines answered so far stand; the rest was not taken. */
    private void breakOff(String reason) {
        if (broken) {
            return;
        }
        broken = true;
        ObjectNode node = JSON.createObjectNode()
                .put("status", "error")
                .put("detail", reason + "; lines without an answer were not taken");
        response.end(node + "\n").onComplete(v -> request.connection().close());
    }
}
