package dev.ragops.runtime.embed;

/** The real tokenizer of the default model, for tests of other packages. */
public final class TestTokenizer {
    private TestTokenizer() {}

    public static Tokenizer get() {
        return WordPieceTokenizerTest.TOKENIZER;
    }
}
