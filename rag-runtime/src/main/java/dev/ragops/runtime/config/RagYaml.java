package dev.ragops.runtime.config;

import dev.ragops.runtime.chunk.ChunkingConfig;
import dev.ragops.runtime.embed.EmbedderException;
import dev.ragops.runtime.embed.EmbedderSpec;
import dev.ragops.runtime.search.RetrievalConfig;
import dev.ragops.runtime.search.RetrievalConfig.Fusion;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads {@code rag.yaml}: plain YAML data, every field known, every value in its bounds. It can name no address and no secret. */
public final class RagYaml {
    public static final String API_VERSION = "ragops.dev/bundle-v1";

    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_DEPTH = 16;

    private RagYaml() {}

    /**
     * @param source how errors name the file
     * @throws ConfigException naming the field
     */
    public static RagConfig parse(byte[] bytes, String source) {
        Section root = Section.root(source, load(bytes, source))
                .only("apiVersion", "name", "embedder", "chunking", "retrieval", "answer");
        String version = root.string("apiVersion").orElse("");
        if (!version.equals(API_VERSION)) {
            throw new ConfigException(source + ": apiVersion must be " + API_VERSION + ", not '" + version + "'");
        }
        String name =
                root.string("name").filter(text -> !text.isBlank()).orElseThrow(() -> root.wrong("name", "a name"));
        try {
            return new RagConfig(
                    name,
                    embedder(root.section("embedder")),
                    chunking(root.section("chunking")),
                    retrieval(root.section("retrieval")),
                    answer(root.section("answer")));
        } catch (IllegalArgumentException | EmbedderException e) {
            throw new ConfigException(source + ": " + e.getMessage());
        }
    }

    private static Object load(byte[] bytes, String source) {
        if (bytes.length > MAX_BYTES) {
            throw new ConfigException(source + " has " + bytes.length + " bytes, may have " + MAX_BYTES);
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ConfigException(source + " is not UTF-8");
        }
        LoadSettings settings = LoadSettings.builder()
                .setLabel(source)
                .setAllowDuplicateKeys(false)
                .setMaxAliasesForCollections(0)
                .setCodePointLimit(MAX_BYTES)
                .build();
        try {
            checkShape(new Parse(settings).parseString(text), source);
            Object parsed = new Load(settings).loadFromString(text);
            if (parsed == null) {
                throw new ConfigException(source + " is empty");
            }
            return parsed;
        } catch (YamlEngineException e) {
            throw new ConfigException(source + " is not YAML: " + e.getMessage());
        }
    }

    /** Looked at event by event, before anything is built of it: depth costs stack, and anchors multiply. */
    private static void checkShape(Iterable<Event> events, String source) {
        int depth = 0;
        for (Event event : events) {
            switch (event.getEventId()) {
                case SequenceStart, MappingStart -> depth++;
                case SequenceEnd, MappingEnd -> depth--;
                case Alias -> throw new ConfigException(source + " uses an alias (*name): write the value out");
                case Comment, DocumentStart, DocumentEnd, Scalar, StreamStart, StreamEnd -> {}
            }
            if (depth > MAX_DEPTH) {
                throw new ConfigException(source + " is nested deeper than " + MAX_DEPTH + " levels");
            }
        }
    }

    private static EmbedderSpec embedder(Section section) {
        if (section.string("builtin").isPresent() || section.string("model").isEmpty()) {
            section.only("builtin");
            return new EmbedderSpec.Builtin(section.string("builtin").orElse("all-MiniLM-L6-v2-q"));
        }
        section.only(
                "model",
                "vocabulary",
                "tokenizer",
                "pooling",
                "maxTokens",
                "normalize",
                "queryPrefix",
                "passagePrefix",
                "dimension");
        return new EmbedderSpec.Bundled(
                section.string("model").orElseThrow(),
                section.string("vocabulary"),
                section.string("tokenizer"),
                new EmbedderSpec.Encoding(
                        section.oneOf("pooling", EmbedderSpec.Pooling.class).orElse(EmbedderSpec.Pooling.MEAN),
                        section.integer("maxTokens").orElse(256),
                        section.bool("normalize").orElse(true),
                        section.string("queryPrefix").orElse(""),
                        section.string("passagePrefix").orElse("")),
                section.integer("dimension"));
    }

    private static ChunkingConfig chunking(Section section) {
        section.only("maxTokens", "overlapTokens");
        return new ChunkingConfig(
                section.integer("maxTokens").orElse(ChunkingConfig.DEFAULT.maxTokens()),
                section.integer("overlapTokens").orElse(ChunkingConfig.DEFAULT.overlapTokens()));
    }

    private static RetrievalConfig retrieval(Section section) {
        section.only("mode", "topK", "candidates", "fusion", "index", "rerank");
        RetrievalConfig base = RetrievalConfig.DEFAULT;
        Section fusion = section.section("fusion").only("kind", "denseWeight");
        Section rerank = section.section("rerank").only("kind");
        return new RetrievalConfig(
                section.oneOf("mode", RetrievalConfig.Mode.class).orElse(base.mode()),
                section.integer("topK").orElse(base.topK()),
                section.integer("candidates").orElse(base.candidates()),
                fusionOf(fusion.oneOf("kind", FusionKind.class).orElse(FusionKind.CONVEX), fusion),
                section.oneOf("index", RetrievalConfig.IndexKind.class).orElse(base.index()),
                rerank.oneOf("kind", RetrievalConfig.Rerank.class).orElse(base.rerank()));
    }

    enum FusionKind {
        CONVEX,
        RRF
    }

    private static Fusion fusionOf(FusionKind kind, Section fusion) {
        return switch (kind) {
            case RRF -> {
                if (fusion.decimal("denseWeight").isPresent()) {
                    throw fusion.wrong("denseWeight", "left out where kind is rrf, which has no weights");
                }
                yield new Fusion.ReciprocalRank();
            }
            case CONVEX ->
                fusion.decimal("denseWeight").<Fusion>map(Fusion.Convex::new).orElse(Fusion.Convex.DEFAULT);
        };
    }

    private static AnswerConfig answer(Section section) {
        section.only("kind", "maxSentences", "prompt", "contextTokens", "maxTokens");
        AnswerConfig base = AnswerConfig.DEFAULT;
        return new AnswerConfig(
                section.oneOf("kind", AnswerConfig.Kind.class).orElse(base.kind()),
                section.integer("maxSentences").orElse(base.maxSentences()),
                section.string("prompt").map(String::strip),
                section.integer("contextTokens").orElse(base.contextTokens()),
                section.integer("maxTokens").orElse(base.maxTokens()),
                base.generator());
    }
}
