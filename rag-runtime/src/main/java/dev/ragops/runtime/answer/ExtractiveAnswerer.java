package dev.ragops.runtime.answer;

import dev.ragops.runtime.chunk.Sentences;
import dev.ragops.runtime.search.SearchHit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Answers with sentences of the sources, word for word, each cited: nothing can be made up. */
final class ExtractiveAnswerer {
    /** Below this cosine of the best passage, MiniLM and bge pairs are mostly unrelated. */
    private static final double CONFIDENT_COSINE = 0.3;

    /** Sources looked at; what stands further down rarely has the sentence. */
    private static final int SOURCES = 3;

    private static final double BEST_SOURCE = 0.3;
    private static final double LATER_SENTENCE = 0.01;

    private static final Comparator<Candidate> IN_READING_ORDER = Comparator.comparingInt(Candidate::source)
            .thenComparingInt(candidate -> candidate.span().start());

    private final int maxSentences;

    ExtractiveAnswerer(int maxSentences) {
        this.maxSentences = maxSentences;
    }

    private record Candidate(String sentence, int source, Sentences.Span span, double score) {}

    Answer answer(String question, List<SearchHit> hits) {
        List<Candidate> chosen = candidates(Words.of(question), hits).stream()
                .sorted(Comparator.comparingDouble(Candidate::score).reversed())
                .limit(maxSentences)
                .sorted(IN_READING_ORDER)
                .toList();
        StringBuilder text = new StringBuilder();
        List<Answer.Citation> citations = new ArrayList<>();
        for (Candidate candidate : chosen) {
            if (!text.isEmpty()) {
                text.append(' ');
            }
            int start = text.length();
            text.append(candidate.sentence());
            citations.add(new Answer.Citation(
                    start,
                    text.length(),
                    candidate.source(),
                    candidate.span().start(),
                    candidate.span().end()));
        }
        return new Answer(
                text.toString(),
                Answer.Kind.EXTRACTIVE,
                Answer.Ending.WHOLE,
                !confident(hits),
                chosen.isEmpty() ? 0 : 1,
                citations);
    }

    private static List<Candidate> candidates(Set<String> asked, List<SearchHit> hits) {
        List<Candidate> candidates = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int source = 0; source < Math.min(SOURCES, hits.size()); source++) {
            String text = hits.get(source).passage().text();
            int position = 0;
            for (Sentences.Span span : Sentences.split(text)) {
                String sentence = text.substring(span.start(), span.end());
                if (seen.add(sentence)) {
                    double score = Words.share(asked, Words.of(sentence))
                            + BEST_SOURCE / (source + 1)
                            - LATER_SENTENCE * position;
                    candidates.add(new Candidate(sentence, source, span, score));
                }
                position++;
            }
        }
        return candidates;
    }

    static boolean confident(List<SearchHit> hits) {
        return !hits.isEmpty()
                && hits.getFirst().dense().orElse(hits.getFirst().lexical().isPresent() ? 1 : 0) >= CONFIDENT_COSINE;
    }
}
