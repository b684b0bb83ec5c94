package dev.ragops.runtime.embed;

/** Cuts text into the tokens of one vocabulary. Stateless and thread-safe. */
public interface Tokenizer {
    /**
     * Ids as the model wants them.
     *
     * @param maxTokens special tokens included; longer texts are cut
     * @return {@code [CLS] … [SEP]}, at least those two
     */
    long[] encode(String text, int maxTokens);

    /** Where each token (no special ones) stands in {@code text}, in order. Costs more than {@link #encode}. */
    TokenSpans spans(String text);

    /**
     * Character ranges of tokens, UTF-16 offsets into the text as given: token {@code i} covers
     * {@code [start[i], end[i])}. Pieces of one word share the word's range.
     */
    record TokenSpans(int[] start, int[] end) {
        public int count() {
            return start.length;
        }
    }
}
