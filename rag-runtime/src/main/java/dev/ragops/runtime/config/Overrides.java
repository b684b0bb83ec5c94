package dev.ragops.runtime.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ragops.runtime.search.RetrievalConfig;
import dev.ragops.runtime.search.RetrievalConfig.Fusion;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Applies the RagModel's {@code spec.config} to a bundle's configuration. Addresses and keys come from here only. */
public final class Overrides {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern DURATION = Pattern.compile("(?:[0-9]{1,9}(?:ms|s|m|h))+");
    private static final Pattern DURATION_PART = Pattern.compile("([0-9]+)(ms|s|m|h)");

    private Overrides() {}

    /**
     * @param json what the operator rendered into the revision
     * @param source how errors name the file
     * @throws ConfigException naming the field
     */
    public static RagConfig apply(RagConfig base, String json, String source) {
        Section root;
        try {
            root = Section.root(source, JSON.readValue(json, Object.class)).only("retrieval", "generation");
        } catch (JsonProcessingException e) {
            throw new ConfigException(source + " is not JSON: " + e.getOriginalMessage());
        }
        try {
            return new RagConfig(
                    base.name(),
                    base.embedder(),
                    base.chunking(),
                    retrieval(base.retrieval(), root.section("retrieval")),
                    answer(base.answer(), root.section("generation")));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(source + ": " + e.getMessage());
        }
    }

    private static RetrievalConfig retrieval(RetrievalConfig base, Section section) {
        section.only("mode", "topK", "candidates", "denseWeight", "fusion", "index");
        Fusion fusion = section.oneOf("fusion", RagYaml.FusionKind.class)
                .<Fusion>map(kind -> switch (kind) {
                    case RRF -> new Fusion.ReciprocalRank();
                    case CONVEX -> base.fusion() instanceof Fusion.Convex ? base.fusion() : Fusion.Convex.DEFAULT;
                })
                .orElse(base.fusion());
        Optional<Double> weight = section.decimal("denseWeight");
        if (weight.isPresent()) {
            if (section.oneOf("fusion", RagYaml.FusionKind.class).equals(Optional.of(RagYaml.FusionKind.RRF))) {
                throw section.wrong("denseWeight", "left out where fusion is rrf, which has no weights");
            }
            fusion = new Fusion.Convex(weight.get());
        }
        return new RetrievalConfig(
                section.oneOf("mode", RetrievalConfig.Mode.class).orElse(base.mode()),
                section.integer("topK").orElse(base.topK()),
                section.integer("candidates").orElse(base.candidates()),
                fusion,
                section.oneOf("index", RetrievalConfig.IndexKind.class).orElse(base.index()),
                base.rerank());
    }

    private static AnswerConfig answer(AnswerConfig base, Section section) {
        section.only("kind", "maxSentences", "generator");
        Optional<AnswerConfig.Generator> generator =
                section.optionalSection("generator").map(Overrides::generator);
        AnswerConfig.Kind kind = section.oneOf("kind", AnswerConfig.Kind.class).orElse(base.kind());
        return base.with(
                kind, section.integer("maxSentences").orElse(base.maxSentences()), generator.or(base::generator));
    }

    private static AnswerConfig.Generator generator(Section section) {
        section.only("url", "model", "apiKeyFile", "timeout");
        return new AnswerConfig.Generator(
                section.string("url").orElseThrow(() -> section.wrong("url", "an address")),
                section.string("model").orElseThrow(() -> section.wrong("model", "a model's name")),
                section.string("apiKeyFile"),
                section.string("timeout").map(text -> duration(text, section)).orElse(Duration.ofSeconds(20)));
    }

    /** In the grammar of the manifest, which is wider than ISO 8601: any order, and milliseconds. */
    private static Duration duration(String text, Section section) {
        if (!DURATION.matcher(text).matches()) {
            throw section.wrong("timeout", "a duration such as 20s");
        }
        Duration sum = Duration.ZERO;
        Matcher parts = DURATION_PART.matcher(text);
        while (parts.find()) {
            ChronoUnit unit = switch (parts.group(2)) {
                case "ms" -> ChronoUnit.MILLIS;
                case "s" -> ChronoUnit.SECONDS;
                case "m" -> ChronoUnit.MINUTES;
                default -> ChronoUnit.HOURS;
            };
            sum = sum.plus(Long.parseLong(parts.group(1)), unit);
        }
        return sum;
    }
}
