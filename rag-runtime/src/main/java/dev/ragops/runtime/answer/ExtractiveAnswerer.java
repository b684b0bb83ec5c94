package dev.ragops.runtime.answer;

import dev.ragops.runtime.search.SearchHit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Answers with sentences of the sources, word for word, each cited: nothing can be made up. */
public final class ExtractiveAnswerer {
    /** Below this cosine of the best passage, MiniLM and bge pairs are mostly unrelated. */
    private static final double CONFIDENT_COSINE = 0.3;

    /** Sources looked at; what stands further down rarely has the sentence. */
    private static final int SOURCES = 3;

    private final int maxSentences;

    public ExtractiveAnswerer(int maxSentences) {
        this.maxSentences = maxSentences;
    }

    private record Candidate(String sentence, int source, int position, double score) {}

    public Answer answer(String question, List<SearchHit> hits) {
        Set<String> asked = words(question);
        List<Candidate> candidates = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int source = 0; source < Math.min(SOURCES, hits.size()); source++) {
            SearchHit hit = hits.get(source);
            List<String> sentences = Sentences.of(hit.passage().text());
            for (int position = 0; position < sentences.size(); position++) {
                String sentence = sentences.get(position);
                if (seen.add(sentence)) {
                    candidates.add(new Candidate(
                            sentence, source, position, score(asked, sentence) + 0.3 / (source + 1) - 0.01 * position));
                }
            }
        }
        List<Candidate> chosen = candidates.stream()
                .sorted(Comparator.comparingDouble(Candidate::score).reversed())
                .limit(maxSentences)
                .sorted(Comparator.comparingInt(Candidate::source).thenComparingInt(Candidate::position))
                .toList();
        StringBuilder text = new StringBuilder();
        List<Answer.Citation> citations = new ArrayList<>();
        for (Candidate candidate : chosen) {
            if (!text.isEmpty()) {
                text.append(' ');
            }
            int start = text.length();
            text.append(candidate.sentence());
            citations.add(new Answer.Citation(start, text.length(), candidate.source()));
        }
        return new Answer(text.toString(), Answer.Kind.EXTRACTIVE, false, !confident(hits), citations);
    }

    static boolean confident(List<SearchHit> hits) {
        return !hits.isEmpty()
                && hits.getFirst().dense().orElse(hits.getFirst().lexical().isPresent() ? 1 : 0) >= CONFIDENT_COSINE;
    }

    /** The share of the question's words that the sentence has. */
    private static double score(Set<String> asked, String sentence) {
        if (asked.isEmpty()) {
            return 0;
        }
        Set<String> said = words(sentence);
        long common = asked.stream().filter(said::contains).count();
        return (double) common / asked.size();
    }

    /** Words of more than two letters, cut to six: enough of a stem to find an inflected form. */
    private static Set<String> words(String text) {
        return java.util.Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+"))
                .filter(word -> word.length() > 2)
                .map(word -> word.substring(0, Math.min(6, word.length())))
                .collect(Collectors.toSet());
    }
}
