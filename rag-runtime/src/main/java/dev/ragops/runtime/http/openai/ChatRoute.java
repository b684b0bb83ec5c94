package dev.ragops.runtime.http.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ragops.runtime.answer.Answer;
import dev.ragops.runtime.http.contract.Filters;
import dev.ragops.runtime.http.contract.Given;
import dev.ragops.runtime.http.contract.Problem;
import dev.ragops.runtime.http.serve.Call;
import dev.ragops.runtime.http.serve.Engine;
import dev.ragops.runtime.http.serve.Events;
import dev.ragops.runtime.http.serve.Retrieval;
import dev.ragops.runtime.search.SearchRequest;
import dev.ragops.runtime.search.SearchResult;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalDouble;

/** {@code POST /v1/chat/completions}: the last message of the user is the question, the documents answer it. */
public final class ChatRoute {
    private static final int MAX_QUESTION = 8_000;

    private final Vertx vertx;
    private final Retrieval retrieval;
    private final Engine engine;
    private final Clock clock;

    public ChatRoute(Vertx vertx, Retrieval retrieval, Engine engine, Clock clock) {
        this.vertx = vertx;
        this.retrieval = retrieval;
        this.engine = engine;
        this.clock = clock;
    }

    public void complete(Call call) {
        JsonNode body = call.body();
        SearchRequest request = new SearchRequest(
                question(body.path("messages")),
                Given.integer(body, "top_k", engine.config().retrieval().topK()),
                Optional.empty(),
                call.grant().collection(Given.text(body, "collection")),
                call.grant().narrowed(Given.node(body, "filter").map(node -> Filters.read("filter", node))),
                OptionalDouble.empty());
        ChatReplies replies = new ChatReplies(
                "chatcmpl-" + call.trace().requestId(),
                Given.text(body, "model").orElse(engine.config().name()),
                clock.instant().getEpochSecond(),
                request.collection(),
                engine.embedder().tokenizer());
        if (Given.flag(body, "stream")) {
            stream(call, request, replies, Given.flag(body.path("stream_options"), "include_usage"));
            return;
        }
        retrieval
                .answer(
                        call,
                        request,
                        Optional.empty(),
                        (answer, found) -> replies.completion(request.question(), answer, found))
                .onSuccess(reply -> {
                    call.response().putHeader("x-ragops-answer-class", retrieval.answerClass());
                    call.json(reply);
                })
                .onFailure(call::fail);
    }

    private void stream(Call call, SearchRequest request, ChatReplies replies, boolean usage) {
        Events events = new Events(vertx, call, retrieval.answerClass());
        Retrieval.Reply<Answer> reply = new Retrieval.Reply<>() {
            @Override
            public void found(SearchResult found) {
                events.send("", replies.first(found));
            }

            @Override
            public void said(String text) {
                events.send("", replies.delta(text));
            }

            @Override
            public Answer answered(Answer answer, SearchResult found) {
                events.send("", replies.last(answer, found));
                if (usage) {
                    events.send("", replies.usage(request.question(), answer));
                }
                events.send("", "[DONE]");
                return answer;
            }
        };
        retrieval.stream(call, request, Optional.empty(), reply)
                .onSuccess(answer -> events.end())
                .onFailure(failure -> events.failed(call, failure, "", ChatReplies::error));
    }

    private static String question(JsonNode messages) {
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i).path("role").asText().equals("user")) {
                return question("messages[" + i + "].content", messages.get(i).path("content"));
            }
        }
        throw Problem.field("messages", "must have a message of the user");
    }

    private static String question(String path, JsonNode content) {
        StringBuilder text = new StringBuilder();
        if (content.isTextual()) {
            text.append(content.asText());
        }
        for (JsonNode part : content) {
            if (!part.path("type").asText().equals("text")) {
                throw Problem.field(path, "may have text parts only");
            }
            text.append(text.isEmpty() ? "" : "\n").append(part.path("text").asText());
        }
        if (text.toString().isBlank() || text.indexOf("\0") >= 0) {
            throw Problem.field(path, "must be text that is not blank and has no NUL character");
        }
        if (text.length() > MAX_QUESTION) {
            throw Problem.field(path, "has more than " + MAX_QUESTION + " characters");
        }
        return text.toString();
    }
}
