package dev.ragops.runtime.embed;

import java.nio.file.Path;

/** Opens the encoder a bundle names. */
public final class Embedders {
    private Embedders() {}

    /**
     * Resources of an embedder, not part of its fingerprint.
     *
     * @param concurrency texts encoded at a time; the CPU quota, at least 1
     * @param queryCacheEntries vectors of recent questions kept; 0 is none
     */
    public record Resources(int concurrency, int queryCacheEntries) {}

    /**
     * Loads the weights and encodes one text to prove that they work.
     *
     * @param bundle the directory that a {@link EmbedderSpec.Bundled}'s paths are relative to
     * @throws EmbedderException naming the file when it is missing, not ONNX, or does not fit what the spec says
     */
    public static Embedder open(EmbedderSpec spec, Path bundle, Resources resources) {
        throw new EmbedderException("not yet: " + spec + bundle + resources);
    }
}
