package dev.ragops.runtime.embed;

import java.text.Normalizer;
import java.util.Arrays;

/**
 * BERT's tokenizer (Devlin et al. 2019; greedy longest match as in Wu et al. 2016) in plain Java, because a JNI call
 * costs ten times what it does. Text is only ever text: a literal {@code [SEP]} in it has no meaning.
 */
final class WordPieceTokenizer implements Tokenizer {
    /** Part of the fingerprint: raise it whenever ids can change. */
    static final String VERSION = "wordpiece-2";

    private static final int MAX_WORD_CODE_POINTS = 100;

    private final Vocabulary vocabulary;
    private final UnicodeRules rules;
    private final boolean lowercase;

    WordPieceTokenizer(Vocabulary vocabulary, boolean lowercase, boolean stripAccents) {
        this.vocabulary = vocabulary;
        this.rules = new UnicodeRules(lowercase, stripAccents);
        this.lowercase = lowercase;
    }

    @Override
    public long[] encode(String text, int maxTokens) {
        Walk walk = new Walk(text, maxTokens - 2, false);
        walk.run();
        int count = Math.min(walk.count, maxTokens - 2);
        long[] ids = new long[count + 2];
        ids[0] = vocabulary.classify;
        for (int i = 0; i < count; i++) {
            ids[i + 1] = walk.ids[i];
        }
        ids[count + 1] = vocabulary.separate;
        return ids;
    }

    @Override
    public TokenSpans spans(String text) {
        Walk walk = new Walk(text, Integer.MAX_VALUE, true);
        walk.run();
        return new TokenSpans(Arrays.copyOf(walk.starts, walk.count), Arrays.copyOf(walk.ends, walk.count));
    }

    /** One pass over one text. */
    private final class Walk {
        private final String text;
        private final int limit;
        private final boolean wantSpans;
        private int[] ids = new int[32];
        private int[] starts = new int[0];
        private int[] ends = new int[0];
        private int count;

        private char[] word = new char[64];
        private int length;
        private int codePoints;
        private int wordStart = -1;
        private boolean combining;

        Walk(String text, int limit, boolean wantSpans) {
            this.text = text;
            this.limit = limit;
            this.wantSpans = wantSpans;
            if (wantSpans) {
                starts = new int[32];
                ends = new int[32];
            }
        }

        void run() {
            int i = 0;
            while (i < text.length() && count < limit) {
                char c = text.charAt(i);
                if (c < 128) {
                    ascii(c, i++);
                } else {
                    int codePoint = text.codePointAt(i);
                    int next = i + Character.charCount(codePoint);
                    other(codePoint, i, next);
                    i = next;
                }
            }
            flush(i);
        }

        private void ascii(char c, int at) {
            if (c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
                append(c, at);
            } else if (c >= 'A' && c <= 'Z') {
                append(lowercase ? (char) (c + 32) : c, at);
            } else if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
                flush(at);
            } else if (c > ' ' && c < 127) {
                flush(at);
                append(c, at);
                flush(at + 1);
            }
        }

        private void other(int codePoint, int at, int next) {
            UnicodeRules.Effect effect = rules.effect(codePoint);
            switch (effect.kind()) {
                case DROP -> {}
                case SPACE -> flush(at);
                case ALONE -> {
                    flush(at);
                    append(effect, at);
                    flush(next);
                }
                case PART -> append(effect, at);
            }
        }

        private void append(UnicodeRules.Effect effect, int at) {
            combining |= effect.combining();
            String mapped = effect.text();
            for (int i = 0; i < mapped.length(); i++) {
                append(mapped.charAt(i), at);
            }
        }

        private void append(char c, int at) {
            if (wordStart < 0) {
                wordStart = at;
            }
            if (!Character.isLowSurrogate(c)) {
                codePoints++;
            }
            // A word this long is unknown whatever follows: its length is noted, its characters are not kept.
            if (codePoints > MAX_WORD_CODE_POINTS) {
                return;
            }
            if (length == word.length) {
                word = Arrays.copyOf(word, length * 2);
            }
            word[length++] = c;
        }

        private void flush(int end) {
            if (wordStart < 0) {
                return;
            }
            if (combining) {
                reorder();
            }
            int before = count;
            boolean known = codePoints <= MAX_WORD_CODE_POINTS;
            int from = 0;
            while (known && from < length) {
                long match = vocabulary.longest(word, from, length);
                known = match != Vocabulary.NONE;
                if (known) {
                    emit((int) match, end);
                    from = (int) (match >>> 32);
                }
            }
            if (!known) {
                count = before;
                emit(vocabulary.unknown, end);
            }
            length = 0;
            codePoints = 0;
            wordStart = -1;
            combining = false;
        }

        private void reorder() {
            String ordered = Normalizer.normalize(new String(word, 0, length), Normalizer.Form.NFD);
            word = ordered.length() > word.length ? ordered.toCharArray() : word;
            ordered.getChars(0, ordered.length(), word, 0);
            length = ordered.length();
        }

        private void emit(int id, int end) {
            if (count == ids.length) {
                ids = Arrays.copyOf(ids, count * 2);
            }
            ids[count] = id;
            if (wantSpans) {
                if (count == starts.length) {
                    starts = Arrays.copyOf(starts, count * 2);
                    ends = Arrays.copyOf(ends, count * 2);
                }
                starts[count] = wordStart;
                ends[count] = end;
            }
            count++;
        }
    }
}
