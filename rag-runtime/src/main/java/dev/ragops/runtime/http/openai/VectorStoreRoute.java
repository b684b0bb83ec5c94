package dev.ragops.runtime.http.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.ragops.runtime.http.contract.Filters;
import dev.ragops.runtime.http.contract.Given;
import dev.ragops.runtime.http.serve.Call;
import dev.ragops.runtime.http.serve.Json;
import dev.ragops.runtime.http.serve.Retrieval;
import dev.ragops.runtime.search.Filter;
import dev.ragops.runtime.search.Passage;
import dev.ragops.runtime.search.SearchHit;
import dev.ragops.runtime.search.SearchRequest;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** {@code POST /v1/vector_stores/{id}/search}: passages of the collection of that name. */
public final class VectorStoreRoute {
    private static final int DEFAULT_RESULTS = 10;

    private final Retrieval retrieval;

    public VectorStoreRoute(Retrieval retrieval) {
        this.retrieval = retrieval;
    }

    private record Place(String document, int chunk) {}

    public void search(Call call) {
        JsonNode body = call.body();
        int most = Given.integer(body, "max_num_results", DEFAULT_RESULTS);
        String collection = call.grant().collection(call.parameter("id"));
        Optional<Filter> filter =
                call.grant().narrowed(Given.node(body, "filters").map(node -> Filters.read("filters", node)));
        OptionalDouble threshold = Given.decimal(body.path("ranking_options"), "score_threshold");
        List<String> questions = new ArrayList<>();
        if (body.path("query").isArray()) {
            body.path("query").forEach(question -> questions.add(question.asText()));
        } else {
            questions.add(body.path("query").asText());
        }
        List<Future<List<SearchHit>>> found = questions.stream()
                .map(question -> retrieval.search(
                        call,
                        new SearchRequest(question, most, Optional.empty(), collection, filter, threshold),
                        Optional.empty(),
                        result -> result.hits()))
                .toList();
        Future.all(found)
                .onSuccess(all -> {
                    call.response().putHeader("x-ragops-answer-class", "retrieval");
                    call.json(reply(questions, merged(found, most)));
                })
                .onFailure(call::fail);
    }

    /** Each passage once, with its best score. */
    private static List<SearchHit> merged(List<Future<List<SearchHit>>> found, int most) {
        Set<Place> seen = new HashSet<>();
        return found.stream()
                .flatMap(future -> future.result().stream())
                .sorted(Comparator.comparingDouble(SearchHit::score).reversed())
                .filter(hit -> seen.add(
                        new Place(hit.passage().documentId(), hit.passage().chunk())))
                .limit(most)
                .toList();
    }

    private static byte[] reply(List<String> questions, List<SearchHit> hits) {
        return Json.object(out -> {
            out.writeStringField("object", "vector_store.search_results.page");
            out.writeArrayFieldStart("search_query");
            for (String question : questions) {
                out.writeString(question);
            }
            out.writeEndArray();
            out.writeArrayFieldStart("data");
            for (SearchHit hit : hits) {
                result(out, hit);
            }
            out.writeEndArray();
            out.writeBooleanField("has_more", false);
            out.writeNullField("next_page");
        });
    }

    private static void result(JsonGenerator out, SearchHit hit) throws IOException {
        Passage passage = hit.passage();
        out.writeStartObject();
        out.writeStringField("file_id", passage.documentId());
        out.writeStringField("filename", passage.title().isBlank() ? passage.documentId() : passage.title());
        // Clients take it for a share; a passage far below the others may be under 0 here.
        out.writeNumberField("score", Math.clamp(hit.score(), 0, 1));
        out.writeObjectFieldStart("attributes");
        for (Map.Entry<String, Object> entry : passage.metadata().entrySet()) {
            // OpenAI's attributes know no lists.
            Object value = entry.getValue();
            out.writeObjectField(
                    entry.getKey(),
                    value instanceof List<?> list
                            ? String.join(
                                    ", ", list.stream().map(String::valueOf).toList())
                            : value);
        }
        out.writeEndObject();
        out.writeArrayFieldStart("content");
        out.writeStartObject();
        out.writeStringField("type", "text");
        out.writeStringField("text", passage.text());
        out.writeEndObject();
        out.writeEndArray();
        out.writeEndObject();
    }
}
