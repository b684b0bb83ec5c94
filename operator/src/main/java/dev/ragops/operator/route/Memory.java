package dev.ragops.operator.route;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.ragops.api.v1alpha1.RejectedRevision;
import dev.ragops.operator.revision.Revision;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What must survive a lost status ({@code memory.json}, beside the route).
 *
 * @param target the revision that should become stable, as last published
 * @param targetAt when it was
 * @param attempt of the last traffic that was realised
 * @param unusedSince by revision: since when no track needs it
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Memory(
        @Nullable Revision target,
        String targetAt,
        long attempt,
        List<RejectedRevision> rejected,
        Map<String, String> unusedSince) {
    public static final Memory EMPTY = new Memory(null, "", 0, List.of(), Map.of());

    public Memory {
        rejected = rejected == null ? List.of() : List.copyOf(rejected);
        SortedMap<String, String> sorted = new TreeMap<>(unusedSince == null ? Map.of() : unusedSince);
        unusedSince = java.util.Collections.unmodifiableSortedMap(sorted);
    }

    public Optional<Revision> targeted() {
        return Optional.ofNullable(target);
    }
}
