package dev.ragops.runtime.http.kaito;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.http.contract.Filters;
import dev.ragops.runtime.http.contract.Given;
import dev.ragops.runtime.http.rag.DocumentRoutes;
import dev.ragops.runtime.http.rag.Replies;
import dev.ragops.runtime.http.serve.Call;
import dev.ragops.runtime.http.serve.Documents;
import dev.ragops.runtime.http.serve.Json;
import dev.ragops.runtime.http.serve.Retrieval;
import dev.ragops.runtime.http.serve.VisibleDocuments;
import dev.ragops.runtime.search.SearchHit;
import dev.ragops.runtime.search.SearchRequest;
import dev.ragops.runtime.store.Contents;
import dev.ragops.runtime.store.DocumentStore;
import dev.ragops.runtime.store.Excerpt;
import dev.ragops.runtime.store.ListedDocument;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** Lets clients of KAITO's RAGEngine keep their code: an index of theirs is a collection here. */
public final class KaitoRoutes {
    private static final int DEFAULT_NODES = 5;
    private static final int ID_DIGITS = 32;

    private final Retrieval retrieval;
    private final Documents documents;

    public KaitoRoutes(Retrieval retrieval, Documents documents) {
        this.retrieval = retrieval;
        this.documents = documents;
    }

    public void mount(Map<String, Consumer<Call>> operations) {
        operations.put("retrieve", this::retrieve);
        operations.put("index", this::index);
        operations.put("listIndexes", this::indexes);
        operations.put("listIndexDocuments", this::indexDocuments);
    }

    private void retrieve(Call call) {
        JsonNode body = call.body();
        SearchRequest request = new SearchRequest(
                body.path("query").asText(),
                Given.integer(body, "max_node_count", DEFAULT_NODES),
                Optional.empty(),
                call.grant().collection(Given.text(body, "index_name")),
                call.grant().narrowed(Given.node(body, "metadata_filter").map(Filters::all)),
                OptionalDouble.empty());
        retrieval
                .search(call, request, Optional.empty(), found -> reply(request.question(), found.hits()))
                .onSuccess(reply -> {
                    call.response().putHeader("x-ragops-answer-class", "retrieval");
                    call.json(reply);
                })
                .onFailure(call::fail);
    }

    private static byte[] reply(String question, List<SearchHit> hits) {
        return Json.object(out -> {
            out.writeStringField("query", question);
            out.writeArrayFieldStart("results");
            for (SearchHit hit : hits) {
                node(out, hit);
            }
            out.writeEndArray();
            out.writeNumberField("count", hits.size());
        });
    }

    private static void node(JsonGenerator out, SearchHit hit) throws IOException {
        out.writeStartObject();
        out.writeStringField("doc_id", hit.passage().documentId());
        out.writeStringField(
                "node_id", hit.passage().documentId() + "#" + hit.passage().chunk());
        out.writeStringField("text", hit.passage().text());
        out.writeNumberField("score", hit.score());
        part(out, "dense_score", hit.dense());
        part(out, "sparse_score", hit.lexical());
        out.writeStringField(
                "source", hit.dense().isEmpty() ? "sparse" : hit.lexical().isEmpty() ? "dense" : "both");
        out.writeFieldName("metadata");
        Replies.metadata(out, hit.passage().metadata());
        out.writeEndObject();
    }

    private static void part(JsonGenerator out, String name, OptionalDouble score) throws IOException {
        if (score.isPresent()) {
            out.writeNumberField(name, score.getAsDouble());
        } else {
            out.writeNullField(name);
        }
    }

    private void index(Call call) {
        documents.toWrite();
        String collection = call.grant().collection(Given.text(call.body(), "index_name"));
        List<SourceDocument> given = new ArrayList<>();
        call.body().path("documents").forEach(node -> given.add(document(node)));
        documents
                .upsert(call, collection, given)
                .compose(written -> documents.visible(call, written))
                .onSuccess(written -> call.json(Json.bytes(out -> {
                    out.writeStartArray();
                    for (SourceDocument document : given) {
                        document(out, document.id(), document.text(), document.metadata(), false);
                    }
                    out.writeEndArray();
                })))
                .onFailure(call::fail);
    }

    private static SourceDocument document(JsonNode node) {
        String text = node.path("text").asText();
        Map<String, Object> metadata = DocumentRoutes.metadata(node);
        String id = Given.text(node, "doc_id")
                .filter(given -> !given.isEmpty())
                .orElseGet(() -> Contents.hash(new SourceDocument("", "", text, metadata))
                        .substring(0, ID_DIGITS));
        return new SourceDocument(id, "", text, metadata);
    }

    private static void document(JsonGenerator out, String id, String text, Map<String, Object> metadata, boolean cut)
            throws IOException {
        out.writeStartObject();
        out.writeStringField("doc_id", id);
        out.writeStringField("text", text);
        out.writeFieldName("metadata");
        Replies.metadata(out, metadata);
        out.writeBooleanField("is_truncated", cut);
        out.writeEndObject();
    }

    private void indexes(Call call) {
        documents
                .read(
                        call,
                        List.<String>of(),
                        store -> List.copyOf(store.collections().keySet()))
                .onSuccess(names -> call.json(Json.bytes(out -> {
                    out.writeStartArray();
                    for (String name : names) {
                        if (call.grant().sees(name)) {
                            out.writeString(name);
                        }
                    }
                    out.writeEndArray();
                })))
                .onFailure(call::fail);
    }

    private record Page(List<Excerpt> documents, long total) {}

    private void indexDocuments(Call call) {
        String collection = call.grant().collection(call.parameter("name"));
        int limit = call.parameter("limit", 10);
        int offset = call.parameter("offset", 0);
        int longest = call.parameter("max_text_length", 1000);
        documents
                .read(call, new Page(List.of(), 0), store -> page(call, store, collection, offset, limit, longest))
                .onSuccess(page -> call.json(Json.object(out -> {
                    out.writeArrayFieldStart("documents");
                    for (Excerpt excerpt : page.documents()) {
                        ListedDocument document = excerpt.document();
                        document(out, document.id(), excerpt.text(), document.metadata(), excerpt.cut());
                    }
                    out.writeEndArray();
                    out.writeNumberField("count", page.documents().size());
                    out.writeNumberField("total_items", page.total());
                })))
                .onFailure(call::fail);
    }

    /** KAITO pages by offset, which costs what it skips: the contract bounds it. */
    private static Page page(Call call, DocumentStore store, String collection, int offset, int limit, int longest) {
        VisibleDocuments visible = new VisibleDocuments(store, call, collection, "", offset + limit);
        int skipped = visible.skip(offset);
        List<String> ids = visible.take(limit).stream().map(ListedDocument::id).toList();
        // One that was replaced since it was listed may be hidden by now.
        List<Excerpt> shown = store.excerpts(collection, ids, longest).stream()
                .filter(excerpt -> call.grant().sees(excerpt.document().metadata()))
                .toList();
        long total = call.grant().filter().isEmpty()
                ? store.collections().getOrDefault(collection, 0L)
                : skipped + ids.size() + visible.skip(Integer.MAX_VALUE);
        return new Page(shown, total);
    }
}
