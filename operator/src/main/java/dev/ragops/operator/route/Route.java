package dev.ragops.operator.route;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.ragops.api.v1alpha1.HeaderMatch;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The route document, as gateways read it ({@code route.json}, see docs/contracts.md).
 *
 * @param generation raised exactly when who gets what, or what is counted of it, changes: tracks, split, matches, fallback, objectives; never lowered
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Route(
        String apiVersion,
        ModelId model,
        long generation,
        long appliedSeq,
        @Nullable Track stable,
        @Nullable Track candidate,
        @Nullable Track control,
        Split split,
        List<Match> matches,
        boolean fallback,
        List<Objective> objectives,
        Stickiness stickiness,
        Comparison comparison,
        long requestTimeoutMillis) {
    public static final String API_VERSION = "ragops.dev/route-v1";

    public record ModelId(String namespace, String name, String uid) {}

    public record Track(String revision, String service, String version) {}

    /** @param percent up to two decimals */
    public record Split(String kind, String percent) {
        public static final Split NONE = new Split("none", "0");
    }

    public record Match(HeaderMatch header) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Objective(
            String name,
            @JsonProperty("class") String answerClass,
            String kind,
            String targetPercent,
            @Nullable Long thresholdMillis) {}

    public record Stickiness(String header, String cookie, boolean tokenSubject, List<String> trustedProxies) {}

    public record Comparison(int topK, int keepPairs) {}

    /** What is left of a route that was lost: everybody to stable. */
    public static Route toStable(ModelId model, long generation, long appliedSeq, String stable) {
        return new Route(
                API_VERSION,
                model,
                generation,
                appliedSeq,
                new Track(stable, stable, ""),
                null,
                null,
                Split.NONE,
                List.of(),
                true,
                List.of(),
                new Stickiness("", "", false, List.of()),
                new Comparison(0, 0),
                0);
    }

    Route numbered(long newGeneration, long seq) {
        return new Route(
                apiVersion,
                model,
                newGeneration,
                seq,
                stable,
                candidate,
                control,
                split,
                matches,
                fallback,
                objectives,
                stickiness,
                comparison,
                requestTimeoutMillis);
    }

    /** This route as the successor of another: the same number where nothing differs that evidence depends on. */
    public Route after(@Nullable Route before) {
        if (before == null) {
            return numbered(1, appliedSeq);
        }
        return numbered(countsLike(before) ? before.generation : before.generation + 1, appliedSeq);
    }

    private boolean countsLike(Route other) {
        return Objects.equals(stable, other.stable)
                && Objects.equals(candidate, other.candidate)
                && Objects.equals(control, other.control)
                && split.equals(other.split)
                && matches.equals(other.matches)
                && fallback == other.fallback
                && objectives.equals(other.objectives);
    }
}
