package dev.ragops.runtime.answer;

import dev.ragops.runtime.chunk.Sentences;
import dev.ragops.runtime.search.SearchHit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns what a generator says, in pieces cut anywhere, into text that may be shown, sentence by sentence: citations become offsets, foreign links go. What was
 * handed on is never taken back: it adds up to the text of the answer.
 */
final class Transcript {
    /** A sentence longer than this is let go in parts; nobody writes one. */
    private static final int LONGEST_SEGMENT = 4_000;

    private static final String THINKING = "<think>";
    private static final String THOUGHT = "</think>";

    /** One or more {@code [1]} or {@code [1, 2]} in a row, with the space before them. */
    private static final Pattern MARKERS =
            Pattern.compile("[ \\t]*((?:\\[\\d{1,3}(?:\\s?,\\s?\\d{1,3})*]\\s?)*\\[\\d{1,3}(?:\\s?,\\s?\\d{1,3})*])");

    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final Pattern END_OF_SENTENCE = Pattern.compile("[.!?][\"'\\])*_]*\\s|\\n|[。！？]");
    /** After a marker nothing but the end of the sentence may join up with what stands before it. */
    private static final Pattern JOINS = Pattern.compile("[.,;!?)\"']*(?:\\s|$)");

    private final List<SearchHit> hits;
    private final int citable;
    private final Links links;
    private final Consumer<String> deltas;
    private final StringBuilder raw = new StringBuilder();
    private final StringBuilder text = new StringBuilder();
    private final List<Mark> marks = new ArrayList<>();
    private int shown;
    private boolean begun;

    /** A source named at a place of the text. */
    private record Mark(int at, int source) {}

    /**
     * @param citable how many of the hits the generator was given
     * @param deltas gets the text as it becomes certain
     */
    Transcript(List<SearchHit> hits, int citable, Consumer<String> deltas) {
        this.hits = hits;
        this.citable = citable;
        this.links = new Links(hits);
        this.deltas = deltas;
    }

    void add(String piece) {
        raw.append(piece);
        if (!begun && !thinkingIsOver()) {
            return;
        }
        begun = true;
        for (int end = endOfSegment(); end > 0; end = endOfSegment()) {
            segment(raw.substring(0, end));
            raw.delete(0, end);
        }
        show();
    }

    /** Models that think aloud do so first; that is no answer. */
    private boolean thinkingIsOver() {
        String so = raw.toString().stripLeading();
        if (so.length() < THINKING.length() ? THINKING.startsWith(so) : so.startsWith(THINKING)) {
            int over = raw.indexOf(THOUGHT);
            if (over < 0) {
                return false;
            }
            raw.delete(0, over + THOUGHT.length());
        }
        return true;
    }

    private int endOfSegment() {
        Matcher end = END_OF_SENTENCE.matcher(raw);
        if (end.find()) {
            return end.end();
        }
        return raw.length() > LONGEST_SEGMENT ? raw.length() : 0;
    }

    private void segment(String segment) {
        Matcher marker = MARKERS.matcher(segment);
        int from = 0;
        while (marker.find()) {
            append(segment.substring(from, marker.start()));
            int at = lastSaid();
            Matcher number = NUMBER.matcher(marker.group(1));
            while (number.find()) {
                int source = Integer.parseInt(number.group()) - 1;
                if (at > 0 && source >= 0 && source < citable) {
                    marks.add(new Mark(at, source));
                }
            }
            from = marker.end();
            if (!JOINS.matcher(segment.substring(from)).lookingAt()) {
                append(" ");
            }
        }
        append(segment.substring(from));
        if (segment.length() > LONGEST_SEGMENT) {
            append(" ");
        }
    }

    private void append(String piece) {
        String safe = links.removeForeign(piece);
        boolean open = text.isEmpty() || Character.isWhitespace(text.charAt(text.length() - 1));
        text.append(open ? withoutLeadingSpace(safe) : safe);
    }

    private static String withoutLeadingSpace(String text) {
        int start = 0;
        while (start < text.length() && (text.charAt(start) == ' ' || text.charAt(start) == '\t')) {
            start++;
        }
        return text.substring(start);
    }

    /** Where the text ends without the white space after it. */
    private int lastSaid() {
        int end = text.length();
        while (end > 0 && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    private void show() {
        int end = lastSaid();
        if (end > shown) {
            deltas.accept(text.substring(shown, end));
            shown = end;
        }
    }

    /** Whether anything was handed on. */
    boolean isEmpty() {
        return shown == 0;
    }

    /**
     * The answer so far.
     *
     * @param ending unless the generator ended by itself, a last sentence that has no end is dropped when there is one before it
     */
    Answer end(Answer.Ending ending) {
        if (begun && (ending == Answer.Ending.WHOLE || shown == 0)) {
            segment(raw.toString());
            show();
        }
        String said = text.substring(0, shown);
        Grounding grounding = new Grounding(hits.subList(0, citable));
        List<Answer.Citation> citations = citations(said, grounding);
        double grounded = grounding.share(said);
        boolean doubtful = !ExtractiveAnswerer.confident(hits) || citations.isEmpty() || grounded < Grounding.DOUBTFUL;
        return new Answer(said, Answer.Kind.GENERATED, ending, doubtful, grounded, citations);
    }

    /** A mark cites the sentence it stands in or right behind. */
    private List<Answer.Citation> citations(String said, Grounding grounding) {
        List<Answer.Citation> citations = new ArrayList<>();
        List<Sentences.Span> sentences = Sentences.split(said);
        for (Mark mark : marks) {
            sentences.stream()
                    .filter(span -> span.start() < mark.at() && mark.at() <= span.end())
                    .findFirst()
                    .map(span -> grounding.cite(said, span.start(), span.end(), mark.source()))
                    .filter(citation -> !citations.contains(citation))
                    .ifPresent(citations::add);
        }
        return citations;
    }
}
