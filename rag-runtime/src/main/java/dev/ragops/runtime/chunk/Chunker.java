package dev.ragops.runtime.chunk;

import dev.ragops.runtime.embed.Tokenizer;
import java.util.List;

/** Cuts a document at sentence boundaries into chunks a model can see whole. Deterministic and thread-safe. */
public final class Chunker {
    private final Tokenizer tokenizer;
    private final ChunkingConfig config;

    public Chunker(Tokenizer tokenizer, ChunkingConfig config) {
        this.tokenizer = tokenizer;
        this.config = config;
    }

    /**
     * The chunks in order; every character that is not white space is in at least one. A text of white space has none.
     */
    public List<Chunk> chunk(String text) {
        throw new UnsupportedOperationException("not yet: " + tokenizer + config + text);
    }
}
