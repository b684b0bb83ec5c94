package dev.ragops.runtime.http.rag;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ragops.runtime.bundle.Metadata;
import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.http.contract.Given;
import dev.ragops.runtime.http.contract.Operation.Body;
import dev.ragops.runtime.http.contract.Problem;
import dev.ragops.runtime.http.serve.Call;
import dev.ragops.runtime.http.serve.Documents;
import dev.ragops.runtime.http.serve.VisibleDocuments;
import dev.ragops.runtime.store.ListedDocument;
import dev.ragops.runtime.store.StoredDocument;
import dev.ragops.runtime.store.WriteResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Documents in and out. What was acknowledged is durable; by default it is searchable on this pod, too. */
public final class DocumentRoutes {
    public static final String LINES = "application/x-ndjson";

    private final Documents documents;
    private final Body line;

    /** @param line what a line of a stream must be */
    public DocumentRoutes(Documents documents, Body line) {
        this.documents = documents;
        this.line = line;
    }

    public void mount(Map<String, Consumer<Call>> operations) {
        operations.put("ingest", this::ingest);
        operations.put("listDocuments", this::list);
        operations.put("getDocument", this::get);
        operations.put("deleteDocument", this::delete);
    }

    private void ingest(Call call) {
        documents.toWrite();
        if (call.body().isMissingNode()) {
            String collection = call.grant().collection(call.parameter("collection"));
            new LineIngest(call, collection, documents, line.line().orElseThrow()).start();
            return;
        }
        List<SourceDocument> given = new ArrayList<>();
        call.body().path("documents").forEach(node -> given.add(document(node)));
        String collection =
                call.grant().collection(Given.text(call.body(), "collection").or(() -> call.parameter("collection")));
        reply(call, documents.upsert(call, collection, given));
    }

    static SourceDocument document(JsonNode node) {
        return new SourceDocument(
                node.path("id").asText(),
                Given.text(node, "title").orElse(""),
                node.path("text").asText(),
                metadata(node));
    }

    /** The metadata that the contract has let through. */
    public static Map<String, Object> metadata(JsonNode node) {
        return Given.node(node, "metadata").flatMap(Metadata::of).orElse(Map.of());
    }

    private void delete(Call call) {
        documents.toWrite();
        String collection = call.grant().collection(call.parameter("collection"));
        reply(call, documents.delete(call, collection, id(call)));
    }

    private void reply(Call call, Future<WriteResult> written) {
        written.compose(result -> documents.visible(call, result))
                .onSuccess(result -> call.json(Replies.written(result)))
                .onFailure(call::fail);
    }

    private void get(Call call) {
        String collection = call.grant().collection(call.parameter("collection"));
        String id = id(call);
        documents
                .read(call, Optional.<StoredDocument>empty(), store -> store.get(collection, id))
                .map(found -> found.or(() -> documents.bundled(collection, id)))
                .onSuccess(found -> found.filter(stored -> !stored.deleted()
                                && call.grant().sees(stored.document().metadata()))
                        .ifPresentOrElse(
                                stored -> call.json(Replies.document(stored)),
                                () -> call.fail(Problem.of(
                                        404, "Not found", "no document has this id in collection " + collection))))
                .onFailure(call::fail);
    }

    private record Page(List<ListedDocument> documents, Optional<String> next) {}

    private void list(Call call) {
        String collection = call.grant().collection(call.parameter("collection"));
        int limit = call.parameter("limit", 100);
        String after = call.parameter("after").orElse("");
        documents
                .read(
                        call,
                        new Page(List.of(), Optional.empty()),
                        store -> page(new VisibleDocuments(store, call, collection, after, limit + 1), limit))
                .onSuccess(page -> call.json(Replies.page(page.documents(), page.next())))
                .onFailure(call::fail);
    }

    /** There is a next page only when it would show something: what a caller does not see leaves no trace. */
    private static Page page(VisibleDocuments visible, int limit) {
        List<ListedDocument> shown = visible.take(limit);
        return new Page(shown, visible.hasNext() ? Optional.of(shown.getLast().id()) : Optional.empty());
    }

    private static String id(Call call) {
        return call.parameter("id").orElseThrow();
    }
}
