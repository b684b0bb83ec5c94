package dev.ragops.runtime.chunk;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Finds the sentences of a text, for chunks, citations and re-ranking alike. Pure. */
public final class Sentences {
    private Sentences() {}

    /**
     * A sentence without the white space around it: {@code text.substring(start, end)}.
     *
     * @param start UTF-16 offset, inclusive
     * @param end exclusive
     */
    public record Span(int start, int end) {
        public int length() {
            return end - start;
        }
    }

    /** In order, not overlapping; together they hold every character that is not white space. */
    public static List<Span> split(String text) {
        List<Span> spans = new ArrayList<>();
        BreakIterator sentences = BreakIterator.getSentenceInstance(Locale.ROOT);
        sentences.setText(text);
        int start = sentences.first();
        for (int end = sentences.next(); end != BreakIterator.DONE; end = sentences.next()) {
            addParagraphs(text, start, end, spans);
            start = end;
        }
        return spans;
    }

    /** A blank line ends a sentence whatever stands before it: headings have no full stop. */
    private static void addParagraphs(String text, int start, int end, List<Span> spans) {
        int from = start;
        for (int i = start; i < end; i++) {
            if (text.charAt(i) == '\n' && blankUntilLineEnd(text, i + 1, end)) {
                addTrimmed(text, from, i, spans);
                from = i;
            }
        }
        addTrimmed(text, from, end, spans);
    }

    private static boolean blankUntilLineEnd(String text, int from, int end) {
        for (int i = from; i < end; i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                return true;
            }
            if (!Character.isWhitespace(c)) {
                return false;
            }
        }
        return false;
    }

    private static void addTrimmed(String text, int start, int end, List<Span> spans) {
        int from = start;
        int to = end;
        while (from < to && Character.isWhitespace(text.charAt(from))) {
            from++;
        }
        while (to > from && Character.isWhitespace(text.charAt(to - 1))) {
            to--;
        }
        if (from < to) {
            spans.add(new Span(from, to));
        }
    }
}
