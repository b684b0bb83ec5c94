package dev.ragops.runtime.chunk;

import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.embed.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cuts a document at sentence boundaries into chunks that a model sees whole, title included. Deterministic and thread-safe. */
public final class Chunker {
    /** However long a title is, so much of the text stands beside it. */
    private static final int LEAST = 16;

    private final Tokenizer tokenizer;
    private final ChunkingConfig config;
    private final int room;

    /** For the passages of this embedder. */
    public Chunker(Embedder embedder, ChunkingConfig config) {
        this(embedder.tokenizer(), config, embedder.passageTokens());
    }

    /** @param room tokens of title and text together that a model sees */
    Chunker(Tokenizer tokenizer, ChunkingConfig config, int room) {
        this.tokenizer = tokenizer;
        this.config = config;
        this.room = room;
    }

    /** A sentence, or a part of one that is longer than a chunk. */
    private record Unit(int start, int end, int tokens) {}

    /**
     * The chunks in order; every character that is not white space is in at least one. A text of white space has none.
     *
     * @param title what the model sees before each chunk; empty for nothing
     */
    public List<Chunk> chunk(String title, String text) {
        int titled = title.isBlank() ? 0 : tokenizer.spans(title).count();
        int most = Math.min(config.maxTokens(), Math.max(LEAST, room - titled));
        List<Unit> units = units(text, most);
        List<Chunk> chunks = new ArrayList<>();
        int first = 0;
        while (first < units.size()) {
            int last = first;
            int tokens = units.get(first).tokens();
            while (last + 1 < units.size() && tokens + units.get(last + 1).tokens() <= most) {
                tokens += units.get(++last).tokens();
            }
            int start = units.get(first).start();
            int end = units.get(last).end();
            chunks.add(new Chunk(chunks.size(), start, end, text.substring(start, end)));
            first = last + 1 == units.size() ? units.size() : withOverlap(units, first, last, most);
        }
        return chunks;
    }

    /**
     * Where the chunk after {@code [first, last]} starts: repeated sentences must fit the overlap and leave room for the
     * next sentence, which is what moves the text on.
     */
    private int withOverlap(List<Unit> units, int first, int last, int most) {
        int free = Math.min(config.overlapTokens(), most - units.get(last + 1).tokens());
        int next = last + 1;
        int repeated = 0;
        while (next - 1 > first && repeated + units.get(next - 1).tokens() <= free) {
            repeated += units.get(--next).tokens();
        }
        return next;
    }

    private List<Unit> units(String text, int most) {
        Tokenizer.TokenSpans tokens = tokenizer.spans(text);
        List<Unit> units = new ArrayList<>();
        for (Sentences.Span sentence : Sentences.split(text)) {
            int from = firstTokenAt(tokens, sentence.start());
            int to = firstTokenAt(tokens, sentence.end());
            if (to - from <= most) {
                units.add(new Unit(sentence.start(), sentence.end(), to - from));
            } else {
                cut(text, sentence, tokens, from, to, most, units);
            }
        }
        return units;
    }

    /** Cuts between words where it can; a single word longer than a chunk stays one unit. */
    private static void cut(
            String text,
            Sentences.Span sentence,
            Tokenizer.TokenSpans tokens,
            int from,
            int to,
            int most,
            List<Unit> units) {
        int start = sentence.start();
        int token = from;
        while (to - token > most) {
            int next = token + most;
            while (next > token && tokens.start()[next] == tokens.start()[next - 1]) {
                next--;
            }
            if (next == token) {
                next = token + most;
                while (next < to && tokens.start()[next] == tokens.start()[next - 1]) {
                    next++;
                }
                if (next == to) {
                    break;
                }
            }
            // Up to the next token, not to the end of this one: characters that no token holds belong somewhere too.
            units.add(new Unit(start, trimmedEnd(text, start, tokens.start()[next]), next - token));
            start = tokens.start()[next];
            token = next;
        }
        units.add(new Unit(start, sentence.end(), to - token));
    }

    private static int trimmedEnd(String text, int start, int end) {
        int to = end;
        while (to > start && Character.isWhitespace(text.charAt(to - 1))) {
            to--;
        }
        return to;
    }

    private static int firstTokenAt(Tokenizer.TokenSpans tokens, int offset) {
        int at = Arrays.binarySearch(tokens.start(), offset);
        if (at < 0) {
            return -at - 1;
        }
        while (at > 0 && tokens.start()[at - 1] == offset) {
            at--;
        }
        return at;
    }
}
