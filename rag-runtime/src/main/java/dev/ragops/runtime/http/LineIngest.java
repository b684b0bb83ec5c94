package dev.ragops.runtime.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.store.DocumentStore;
import dev.ragops.runtime.store.WriteResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.parsetools.RecordParser;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * One stream of documents, a JSON object a line. Batches are written while the stream arrives, the sender is held back meanwhile, and each line gets a line of
 * result: a bad one costs itself only. If the stream breaks off, what was answered is kept.
 */
final class LineIngest {
    private static final int BATCH = 100;
    private static final int MAX_LINE = 4 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final String collection;
    private final DocumentStore store;
    private final Workers writers;
    private final Consumer<WriteResult> written;
    private final List<Line> batch = new ArrayList<>();
    private boolean writing;
    private boolean ended;
    private boolean broken;
    private long number;

    /** A line that was read: a document, or why it is none. */
    private sealed interface Line {
        record Good(long number, SourceDocument document) implements Line {}

        record Bad(long number, String reason) implements Line {}
    }

    LineIngest(
            RoutingContext context,
            String collection,
            DocumentStore store,
            Workers writers,
            Consumer<WriteResult> written) {
        this.request = context.request();
        this.response = context.response();
        this.collection = collection;
        this.store = store;
        this.writers = writers;
        this.written = written;
    }

    void start() {
        RecordParser parser = RecordParser.newDelimited("\n", request).maxRecordSize(MAX_LINE);
        parser.exceptionHandler(
                failure -> breakOff("line " + (number + 1) + " is longer than 4 MiB, or the stream broke off"));
        parser.handler(line -> {
            read(line);
            if (batch.size() >= BATCH && !writing) {
                request.pause();
                write();
            }
        });
        parser.endHandler(v -> {
            ended = true;
            if (!writing) {
                write();
            }
        });
        request.exceptionHandler(failure -> broken = true);
        response.closeHandler(v -> broken = true);
    }

    private void read(Buffer line) {
        number++;
        byte[] bytes = line.getBytes();
        if (new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).isBlank()) {
            return;
        }
        try {
            batch.add(new Line.Good(number, IngestRequest.line(bytes)));
        } catch (Problem problem) {
            batch.add(new Line.Bad(number, problem.detail()));
        }
    }

    private void write() {
        List<Line> lines = List.copyOf(batch);
        batch.clear();
        if (lines.isEmpty()) {
            if (ended && !broken) {
                response.end();
            }
            return;
        }
        writing = true;
        List<SourceDocument> documents = lines.stream()
                .filter(Line.Good.class::isInstance)
                .map(line -> ((Line.Good) line).document())
                .toList();
        writers.run(() -> documents.isEmpty()
                        ? new WriteResult(store.head().sequence(), List.of())
                        : store.upsert(collection, documents))
                .onSuccess(result -> {
                    writing = false;
                    written.accept(result);
                    answer(lines, result);
                    if (ended || batch.size() >= BATCH) {
                        write();
                    } else {
                        request.resume();
                    }
                })
                .onFailure(
                        failure -> breakOff(failure.getMessage() == null ? "the store failed" : failure.getMessage()));
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
                case Line.Bad bad ->
                    node.put("line", bad.number()).put("status", "error").put("detail", bad.reason());
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
