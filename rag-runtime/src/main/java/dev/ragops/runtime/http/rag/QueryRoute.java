package dev.ragops.runtime.http.rag;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ragops.runtime.answer.Answer;
import dev.ragops.runtime.http.contract.Filters;
import dev.ragops.runtime.http.contract.Given;
import dev.ragops.runtime.http.contract.Problem;
import dev.ragops.runtime.http.serve.Call;
import dev.ragops.runtime.http.serve.Events;
import dev.ragops.runtime.http.serve.Identity;
import dev.ragops.runtime.http.serve.Json;
import dev.ragops.runtime.http.serve.Retrieval;
import dev.ragops.runtime.search.RetrievalConfig;
import dev.ragops.runtime.search.SearchRequest;
import dev.ragops.runtime.search.SearchResult;
import io.vertx.core.Vertx;
import java.util.Locale;
import java.util.Optional;

/** {@code POST /query}: an answer with its sources, whole or as a stream. */
public final class QueryRoute {
    private final Vertx vertx;
    private final Retrieval retrieval;
    private final Identity identity;
    private final int defaultTopK;

    public QueryRoute(Vertx vertx, Retrieval retrieval, Identity identity, int defaultTopK) {
        this.vertx = vertx;
        this.retrieval = retrieval;
        this.identity = identity;
        this.defaultTopK = defaultTopK;
    }

    public void query(Call call) {
        JsonNode body = call.body();
        SearchRequest request = new SearchRequest(
                body.path("query").asText(),
                Given.integer(body, "topK", defaultTopK),
                Given.text(body, "mode").map(mode -> RetrievalConfig.Mode.valueOf(mode.toUpperCase(Locale.ROOT))),
                call.grant().collection(Given.text(body, "collection")),
                call.grant().narrowed(Given.node(body, "filter").map(node -> Filters.read("filter", node))),
                Given.decimal(body, "minScore"));
        Optional<Long> minSequence = Given.number(body, "minSequence");
        boolean explain = Given.flag(body, "explain");
        if (Given.flag(body, "stream")) {
            stream(call, request, minSequence, explain);
            return;
        }
        retrieval
                .answer(call, request, minSequence, (answer, found) -> Replies.query(answer, found, identity, explain))
                .onSuccess(reply -> {
                    call.response().putHeader("x-ragops-answer-class", retrieval.answerClass());
                    call.json(reply);
                })
                .onFailure(call::fail);
    }

    private void stream(Call call, SearchRequest request, Optional<Long> minSequence, boolean explain) {
        Events events = new Events(vertx, call, retrieval.answerClass());
        Retrieval.Reply<Answer> reply = new Retrieval.Reply<>() {
            @Override
            public void found(SearchResult found) {
                events.send("sources", Json.bytes(out -> Replies.sources(out, found.hits())));
            }

            @Override
            public void said(String text) {
                events.send("delta", Json.object(out -> out.writeStringField("text", text)));
            }

            @Override
            public Answer answered(Answer answer, SearchResult found) {
                events.send("done", Replies.done(answer, found, identity, explain));
                return answer;
            }
        };
        retrieval.stream(call, request, minSequence, reply)
                .onSuccess(answer -> events.end())
                .onFailure(failure -> events.failed(call, failure, "error", Problem::json));
    }
}
