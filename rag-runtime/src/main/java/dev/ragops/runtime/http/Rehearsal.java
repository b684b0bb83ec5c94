package dev.ragops.runtime.http;

import dev.ragops.runtime.answer.Answerer;
import dev.ragops.runtime.answer.Question;
import dev.ragops.runtime.search.SearchRequest;
import dev.ragops.runtime.search.SearchResult;
import dev.ragops.runtime.search.Searcher;
import dev.ragops.runtime.search.View;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Asks questions before the first user does. A cold JVM answers the first dozen some twenty times slower than it ever will again: a rollout judged in
 * those seconds condemned good versions (24 of 24 answers over 300 ms at 30 questions a second on two busy cores).
 *
 * <p>Ends when the answers stop getting faster, or when its time is over. A rehearsal calls no paid generator.
 */
public final class Rehearsal implements Consumer<View> {
    /** As long as it took to settle on two busy cores; longer delays every start for less. */
    static final Duration AT_MOST = Duration.ofMillis(1500);

    private static final int ROUND = 20;
    private static final double SETTLED = 0.9;
    private static final String FALLBACK = "what is this about and how does it work?";

    private final Searcher searcher;
    private final Answerer answerer;
    private final Identity identity;
    private final List<String> questions;
    private final int topK;

    public Rehearsal(Searcher searcher, Answerer answerer, Identity identity, List<String> questions, int topK) {
        this.searcher = searcher;
        this.answerer = answerer;
        this.identity = identity;
        this.questions = questions.isEmpty() ? List.of(FALLBACK) : List.copyOf(questions);
        this.topK = topK;
    }

    @Override
    public void accept(View view) {
        long end = System.nanoTime() + AT_MOST.toNanos();
        long before = Long.MAX_VALUE;
        for (int round = 0; System.nanoTime() < end; round++) {
            long median = round(view, round, end);
            if (round > 1 && median > SETTLED * before) {
                return;
            }
            before = median;
        }
    }

    private long round(View view, int round, long end) {
        long[] nanos = new long[ROUND];
        for (int i = 0; i < ROUND && System.nanoTime() < end; i++) {
            // Never the same text twice: an answer from the query cache rehearses nothing.
            String question = questions.get((round * ROUND + i) % questions.size()) + " " + round + "." + i;
            long begin = System.nanoTime();
            SearchResult result = searcher.search(view, SearchRequest.of(question, topK));
            byte[] body = Replies.query(
                    answerer.answer(new Question(question, result.hits(), true, Question.UNHURRIED)),
                    result,
                    identity,
                    false);
            nanos[i] = body.length == 0 ? 0 : System.nanoTime() - begin;
        }
        Arrays.sort(nanos);
        return nanos[ROUND / 2];
    }
}
