package dev.ragops.runtime.answer;

import dev.ragops.runtime.chunk.Sentences;
import dev.ragops.runtime.search.SearchHit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * How far an answer rests on its sources. A sentence is supported when one source has at least {@value #SUPPORTED} of the sentence's words and every number
 * in it; the groundedness of an answer is the share of its sentences that are supported. Sentences without a word that carries meaning ("Yes.") do not count.
 * Words, not meaning: a paraphrase may count as unsupported, a source turned into its opposite as supported.
 */
final class Grounding {
    /**
     * Of the sample corpus' 504 sentences, .8 % are supported by one of five other passages at this share (.5: 1.8 %, .7: .2 %), and all are by their own
     * passage with three words in ten replaced (.7: half of them).
     */
    static final double SUPPORTED = 0.6;

    /** Less than half of the sentences on a source: the answer is to be doubted. */
    static final double DOUBTFUL = 0.5;

    private final List<SearchHit> hits;
    private final List<Set<String>> words = new ArrayList<>();

    Grounding(List<SearchHit> hits) {
        this.hits = hits;
        hits.forEach(hit -> words.add(Words.of(hit.passage().modelInput())));
    }

    /** 0 when nothing is said that could be supported. */
    double share(String answer) {
        int counted = 0;
        int supported = 0;
        for (Sentences.Span span : Sentences.split(answer)) {
            Set<String> said = Words.of(answer.substring(span.start(), span.end()));
            if (!said.isEmpty()) {
                counted++;
                supported += words.stream().anyMatch(source -> supports(source, said)) ? 1 : 0;
            }
        }
        return counted == 0 ? 0 : (double) supported / counted;
    }

    private static boolean supports(Set<String> source, Set<String> said) {
        return Words.share(said, source) >= SUPPORTED
                && said.stream().filter(Words::isNumber).allMatch(source::contains);
    }

    /** A citation of {@code source} that points to the sentence in it which says most of what the stretch of the answer says. */
    Answer.Citation cite(String answer, int start, int end, int source) {
        String text = hits.get(source).passage().text();
        Set<String> said = Words.of(answer.substring(start, end));
        Sentences.Span best = new Sentences.Span(0, text.length());
        double most = SUPPORTED / 2;
        for (Sentences.Span span : Sentences.split(text)) {
            double share = Words.share(said, Words.of(text.substring(span.start(), span.end())));
            if (share > most) {
                most = share;
                best = span;
            }
        }
        return new Answer.Citation(start, end, source, best.start(), best.end());
    }
}
