package dev.ragops.runtime.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ragops.runtime.bundle.Metadata;
import dev.ragops.runtime.bundle.SourceDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A checked {@code POST /ingest}. */
record IngestRequest(String collection, List<SourceDocument> documents) {
    private static final int MAX_DOCUMENTS = 1000;
    private static final int MAX_TEXT = 2_000_000;
    private static final int MAX_ID = 512;

    static IngestRequest parse(byte[] body) {
        Fields fields = Fields.parse(body, "documents", "collection");
        JsonNode list = fields.node("documents").orElseThrow(() -> Problem.field("documents", "is missing"));
        if (!list.isArray() || list.isEmpty() || list.size() > MAX_DOCUMENTS) {
            throw Problem.field(
                    "documents",
                    "must be a list of 1 to " + MAX_DOCUMENTS + " documents; stream more as application/x-ndjson");
        }
        List<SourceDocument> documents = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            documents.add(document("documents[" + i + "]", list.get(i)));
        }
        return new IngestRequest(QueryRequest.collection(fields), documents);
    }

    /** One line of a stream. */
    static SourceDocument line(byte[] line) {
        return document(Fields.parse(line, "id", "title", "text", "metadata"));
    }

    private static SourceDocument document(String path, JsonNode node) {
        return document(Fields.of(path, node, "id", "title", "text", "metadata"));
    }

    private static SourceDocument document(Fields fields) {
        return new SourceDocument(
                fields.required("id", MAX_ID),
                fields.text("title", 2_000).orElse(""),
                fields.required("text", MAX_TEXT),
                fields.node("metadata")
                        .map(
                                node -> Metadata.of(node)
                                        .orElseThrow(
                                                () -> Problem.field(
                                                        fields.path("metadata"),
                                                        "must be an object of at most 64 keys with text, numbers, true/false, or lists of those")))
                        .orElse(Map.of()));
    }
}
