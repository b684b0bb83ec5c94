package dev.ragops.runtime.http.access;

import dev.ragops.runtime.http.contract.Problem;
import dev.ragops.runtime.search.Filter;
import dev.ragops.runtime.search.FilterMatcher;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a caller may do.
 *
 * @param collections that may be named, the first is meant when none is; empty: all
 * @param filter that every read goes through, beside its own
 */
public record Grant(List<String> collections, boolean writes, Optional<Filter> filter, Optional<Quota> quota) {
    private static final String DEFAULT_COLLECTION = "default";

    /** Everything, as where no keys are configured. */
    public static final Grant ALL = new Grant(List.of(), true, Optional.empty(), Optional.empty());

    public Grant {
        collections = List.copyOf(collections);
    }

    /**
     * The collection that a request means.
     *
     * @throws Problem 403 when it is not the caller's
     */
    public String collection(Optional<String> named) {
        String collection = named.orElse(
                collections.isEmpty() || collections.contains(DEFAULT_COLLECTION)
                        ? DEFAULT_COLLECTION
                        : collections.getFirst());
        if (!sees(collection)) {
            throw Problem.of(403, "Forbidden", "this key is not for collection " + collection);
        }
        return collection;
    }

    public boolean sees(String collection) {
        return collections.isEmpty() || collections.contains(collection);
    }

    /** Whether what is laid on the caller's reads lets a document of this metadata through. */
    public boolean sees(Map<String, Object> metadata) {
        return filter.isEmpty() || FilterMatcher.matches(filter.get(), metadata);
    }

    /** The caller's own filter within the one that was laid on it. */
    public Optional<Filter> narrowed(Optional<Filter> own) {
        if (filter.isEmpty()) {
            return own;
        }
        return own.map(asked -> (Filter) new Filter.And(List.of(filter.get(), asked)))
                .or(() -> filter);
    }
}
