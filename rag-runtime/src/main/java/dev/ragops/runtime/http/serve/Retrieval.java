package dev.ragops.runtime.http.serve;

import dev.ragops.runtime.answer.Answer;
import dev.ragops.runtime.answer.Question;
import dev.ragops.runtime.http.contract.Problem;
import dev.ragops.runtime.observe.RuntimeMetrics;
import dev.ragops.runtime.search.SearchRequest;
import dev.ragops.runtime.search.SearchResult;
import dev.ragops.runtime.search.View;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/** Questions of every shape go through here: one view, one worker, within the deadline, counted. */
public final class Retrieval implements AutoCloseable {
    /** Users of a search box are gone after it; on two cores it is some 400 short questions. */
    private static final Duration LONGEST_WAIT = Duration.ofMillis(500);

    private static final Duration SEQUENCE_WAIT = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final Engine engine;
    private final RuntimeMetrics metrics;
    private final Workers workers;

    /** @param concurrency questions that CPUs can work on at a time */
    public Retrieval(Vertx vertx, Engine engine, RuntimeMetrics metrics, int concurrency) {
        this.vertx = vertx;
        this.engine = engine;
        this.metrics = metrics;
        // A generated answer waits for another server most of its time; an extractive one keeps a core busy.
        int threads = engine.answerer().generates() ? concurrency * 16 : concurrency;
        this.workers = new Workers(vertx, "query", threads, 1024 * Math.max(1, concurrency), LONGEST_WAIT, metrics);
    }

    /**
     * Searches and makes an answer of what was found, both on a worker.
     *
     * @param minSequence the view must show at least this; waits a bounded time for it
     * @param use makes the reply
     */
    public <T> Future<T> search(
            Call call, SearchRequest request, Optional<Long> minSequence, Function<SearchResult, T> use) {
        if (!engine.follower().isReady()) {
            return Future.failedFuture(Problem.later("Not ready", "documents are being indexed; see /health"));
        }
        return view(minSequence)
                .compose(view -> workers.run(call, call.left(), () -> {
                    if (call.left().isNegative()) {
                        throw Problem.later("Deadline passed", "the request waited longer than its deadline");
                    }
                    SearchResult result = engine.searcher().search(view, request);
                    if (!call.isShadow()) {
                        metrics.embedSeconds.observe(result.embedNanos() / 1e9);
                        metrics.searchSeconds.observe(result.searchNanos() / 1e9);
                    }
                    return use.apply(result);
                }));
    }

    /** An answer from what was found; to be called on the worker. */
    public Answer answer(Call call, String question, SearchResult found) {
        return counted(call, engine.answerer().answer(question(call, question, found)));
    }

    /**
     * The same as it comes; to be called on the worker.
     *
     * @param deltas gets the text in parts; may throw when nobody listens any more
     */
    public Answer stream(Call call, String question, SearchResult found, Consumer<String> deltas) {
        return counted(call, engine.answerer().stream(question(call, question, found), deltas));
    }

    private static Question question(Call call, String text, SearchResult found) {
        return new Question(text, found.hits(), call.isShadow(), call.left());
    }

    private Answer counted(Call call, Answer answer) {
        if (!call.isShadow()) {
            metrics.answered(answer);
        }
        return answer;
    }

    /** {@code generated} or {@code retrieval}: which objectives an answer is judged by. */
    public String answerClass() {
        return engine.answerer().generates() ? "generated" : "retrieval";
    }

    private Future<View> view(Optional<Long> minSequence) {
        if (minSequence.isEmpty()) {
            return Future.succeededFuture(engine.follower().current());
        }
        long wanted = minSequence.get();
        return Future.fromCompletionStage(
                        engine.follower().reached(wanted).orTimeout(SEQUENCE_WAIT.toMillis(), TimeUnit.MILLISECONDS),
                        vertx.getOrCreateContext())
                .recover(failure -> Future.failedFuture(notReached(wanted, failure)));
    }

    private Throwable notReached(long wanted, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return switch (cause) {
            case TimeoutException _ ->
                Problem.later(
                        "Not there yet",
                        "the view is at sequence " + engine.follower().current().sequence() + ", minSequence asks for "
                                + wanted);
            case RejectedExecutionException tooMany -> {
                metrics.shed.inc();
                yield Problem.later("Overloaded", tooMany.getMessage() + "; try again in a second");
            }
            default -> cause;
        };
    }

    @Override
    public void close() {
        workers.close();
    }
}
