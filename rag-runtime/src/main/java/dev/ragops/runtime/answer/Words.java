package dev.ragops.runtime.answer;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** The words of a text that carry meaning, in a form that finds inflections: lower case, cut to six letters; numbers whole. Pure. */
final class Words {
    /** Enough of a stem for English inflections, and cheap: this runs for every sentence of every answer. */
    private static final int STEM = 6;

    private static final Set<String> STOP = Set.of(
            "about", "after", "all", "also", "and", "any", "are", "because", "been", "before", "but", "can", "could",
            "did", "does", "for", "from", "had", "has", "have", "her", "him", "his", "how", "into", "its", "may",
            "more", "most", "must", "nor", "not", "off", "only", "other", "our", "out", "over", "should", "some",
            "such", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those",
            "through", "too", "under", "upon", "very", "was", "were", "what", "when", "where", "which", "while", "who",
            "whom", "why", "will", "with", "would", "you", "your", "yes");

    private Words() {}

    static Set<String> of(String text) {
        Set<String> words = new HashSet<>();
        int start = -1;
        for (int i = 0; i <= text.length(); i++) {
            boolean inside = i < text.length() && Character.isLetterOrDigit(text.charAt(i));
            if (inside && start < 0) {
                start = i;
            } else if (!inside && start >= 0) {
                add(text.substring(start, i).toLowerCase(Locale.ROOT), words);
                start = -1;
            }
        }
        return words;
    }

    private static void add(String word, Set<String> words) {
        if (isNumber(word)) {
            words.add(word);
        } else if (!STOP.contains(word) && (word.length() > 2 || word.charAt(0) > 0x7f)) {
            words.add(word.length() > STEM ? word.substring(0, STEM) : word);
        }
    }

    /** Whether a word begins with a digit: {@code 30}, {@code 30s}, {@code 5xx}. */
    static boolean isNumber(String word) {
        return Character.isDigit(word.charAt(0));
    }

    /** The share of {@code wanted} that {@code there} holds; 0 of nothing. */
    static double share(Set<String> wanted, Set<String> there) {
        int common = 0;
        for (String word : wanted) {
            common += there.contains(word) ? 1 : 0;
        }
        return wanted.isEmpty() ? 0 : (double) common / wanted.size();
    }
}
