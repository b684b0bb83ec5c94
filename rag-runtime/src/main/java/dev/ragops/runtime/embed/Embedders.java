package dev.ragops.runtime.embed;

import ai.onnxruntime.OrtEnvironment;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Opens the encoder a bundle names: weights and vocabulary in, a running {@link Embedder} out. */
public final class Embedders {
    private static final String BGE_QUERY_PREFIX = "Represent this sentence for searching relevant passages: ";

    /** File stem and encoding by name. Maximum tokens are the model's own, not the 128 of MiniLM's tokenizer file. */
    private static final Map<String, Weights> BUILTIN = new TreeMap<>(Map.of(
            "all-MiniLM-L6-v2", new Weights("all-minilm-l6-v2", minilm()),
            "all-MiniLM-L6-v2-q", new Weights("all-minilm-l6-v2-q", minilm()),
            "bge-small-en-v1.5", new Weights("bge-small-en-v1.5", bge()),
            "bge-small-en-v1.5-q", new Weights("bge-small-en-v1.5-q", bge())));

    private record Weights(String stem, EmbedderSpec.Encoding encoding) {}

    /**
     * Resources of an embedder, not part of its fingerprint.
     *
     * @param concurrency texts encoded at a time; the CPU quota, at least 1
     * @param queryCacheBytes heap for recent questions and their vectors; 0 is none
     */
    public record Resources(int concurrency, long queryCacheBytes) {}

    private record Loaded(ByteBuffer model, String modelSource, byte[] vocabulary, Supplier<Tokenizer> tokenizer) {}

    private Embedders() {}

    /** Loads the native library, which {@link #open} would do: call it from elsewhere to have it done meanwhile. */
    public static void prepare() {
        OrtEnvironment.getEnvironment();
    }

    private static EmbedderSpec.Encoding minilm() {
        return new EmbedderSpec.Encoding(EmbedderSpec.Pooling.MEAN, 256, true, "", "");
    }

    private static EmbedderSpec.Encoding bge() {
        return new EmbedderSpec.Encoding(EmbedderSpec.Pooling.CLS, 512, true, BGE_QUERY_PREFIX, "");
    }

    /** Names that {@link EmbedderSpec.Builtin} may have. */
    public static List<String> builtinNames() {
        return List.copyOf(BUILTIN.keySet());
    }

    /**
     * Loads the weights and encodes one text to prove that they work.
     *
     * @param bundle the directory that a {@link EmbedderSpec.Bundled}'s paths are relative to
     * @throws EmbedderException naming the file when it is missing, not ONNX, or does not fit what the spec says
     */
    public static Embedder open(EmbedderSpec spec, Path bundle, Resources resources) {
        Embedder embedder = switch (spec) {
            case EmbedderSpec.Builtin builtin -> builtin(builtin.name(), resources);
            case EmbedderSpec.Bundled bundled -> bundled(bundled, bundle, resources);
        };
        return resources.queryCacheBytes() > 0 ? new CachingEmbedder(embedder, resources.queryCacheBytes()) : embedder;
    }

    /**
     * Looks at the files that a bundle's embedder is made of, without running them: an init container has no memory to spare for a session.
     *
     * @throws EmbedderException naming the file when it is missing, not ONNX, or wants files or operators from elsewhere
     */
    public static void check(EmbedderSpec spec, Path bundle) {
        switch (spec) {
            case EmbedderSpec.Builtin builtin -> {
                if (!BUILTIN.containsKey(builtin.name())) {
                    throw new EmbedderException(
                            "embedder.builtin is '" + builtin.name() + "', must be one of " + BUILTIN.keySet());
                }
            }
            case EmbedderSpec.Bundled bundled -> inspect(bundled, bundle);
        }
    }

    private static void inspect(EmbedderSpec.Bundled spec, Path bundle) {
        try (Arena arena = Arena.ofConfined()) {
            OnnxFile.inspect(weights(spec, bundle, arena), spec.model());
        }
    }

    private static Embedder builtin(String name, Resources resources) {
        Weights weights = BUILTIN.get(name);
        if (weights == null) {
            throw new EmbedderException("embedder.builtin is '" + name + "', must be one of " + BUILTIN.keySet());
        }
        byte[] vocabulary = EmbedderFiles.resource(name, weights.stem() + "-tokenizer.json");
        Supplier<Tokenizer> tokenizer =
                meanwhile(() -> Vocabularies.fromJson(vocabulary, weights.stem() + "-tokenizer.json"));
        try (Arena arena = Arena.ofConfined()) {
            ByteBuffer model = EmbedderFiles.weights(name, weights.stem() + ".onnx", arena);
            return start(
                    new Loaded(model, weights.stem() + ".onnx", vocabulary, tokenizer), weights.encoding(), resources);
        }
    }

    private static Embedder bundled(EmbedderSpec.Bundled spec, Path bundle, Resources resources) {
        try (Arena arena = Arena.ofConfined()) {
            ByteBuffer model = weights(spec, bundle, arena);
            byte[] vocabulary;
            Supplier<Tokenizer> tokenizer;
            if (spec.tokenizer().isPresent()) {
                String file = spec.tokenizer().get();
                vocabulary = EmbedderFiles.bundled(bundle, "embedder.tokenizer", file);
                tokenizer = meanwhile(() -> Vocabularies.fromJson(vocabulary, file));
            } else if (spec.vocabulary().isPresent()) {
                String file = spec.vocabulary().get();
                vocabulary = EmbedderFiles.bundled(bundle, "embedder.vocabulary", file);
                tokenizer = meanwhile(() -> Vocabularies.fromText(vocabulary, file));
            } else {
                throw new EmbedderException("embedder.model is '" + spec.model()
                        + "' but neither embedder.vocabulary nor embedder.tokenizer names its vocabulary");
            }
            Embedder embedder =
                    start(new Loaded(model, spec.model(), vocabulary, tokenizer), spec.encoding(), resources);
            if (spec.dimension().isPresent() && spec.dimension().get() != embedder.dimension()) {
                embedder.close();
                throw new EmbedderException(spec.model() + " makes vectors of " + embedder.dimension()
                        + " numbers, embedder.dimension says "
                        + spec.dimension().get());
            }
            return proven(embedder, spec);
        }
    }

    /** A model with fewer positions than its bundle says would start, and fail at the first long document. */
    private static Embedder proven(Embedder embedder, EmbedderSpec.Bundled spec) {
        int longest = spec.encoding().maxTokens();
        try {
            embedder.embedPassages(List.of("a ".repeat(longest)));
            return embedder;
        } catch (EmbedderException e) {
            embedder.close();
            throw new EmbedderException(
                    spec.model() + " does not take the " + longest + " tokens that embedder.maxTokens allows: "
                            + e.getMessage(),
                    e);
        }
    }

    private static ByteBuffer weights(EmbedderSpec.Bundled spec, Path bundle, Arena arena) {
        return EmbedderFiles.weights(bundle, "embedder.model", spec.model(), arena);
    }

    /** Thirty thousand pieces are sorted in while the weights are read and hashed. */
    private static Supplier<Tokenizer> meanwhile(Supplier<Tokenizer> reading) {
        CompletableFuture<Tokenizer> future = CompletableFuture.supplyAsync(
                reading, part -> Thread.ofPlatform().name("vocabulary").daemon().start(part));
        return () -> {
            try {
                return future.join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof EmbedderException wrong ? wrong : e;
            }
        };
    }

    private static Embedder start(Loaded loaded, EmbedderSpec.Encoding encoding, Resources resources) {
        String fingerprint = fingerprint(loaded, encoding);
        return new OnnxEmbedder(
                loaded.model(),
                loaded.modelSource(),
                loaded.tokenizer().get(),
                encoding,
                fingerprint,
                resources.concurrency());
    }

    private static String fingerprint(Loaded loaded, EmbedderSpec.Encoding encoding) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(sha256(loaded.model().duplicate()));
            digest.update(sha256(ByteBuffer.wrap(loaded.vocabulary())));
            String configuration = String.join(
                    "\u0000",
                    encoding.pooling().name(),
                    Integer.toString(encoding.maxTokens()),
                    Boolean.toString(encoding.normalize()),
                    encoding.queryPrefix(),
                    encoding.passagePrefix(),
                    WordPieceTokenizer.VERSION,
                    Pooler.VERSION,
                    LayerShapes.VERSION,
                    OrtEnvironment.getEnvironment().getVersion());
            digest.update(configuration.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static byte[] sha256(ByteBuffer bytes) throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(bytes);
        return digest.digest();
    }
}
