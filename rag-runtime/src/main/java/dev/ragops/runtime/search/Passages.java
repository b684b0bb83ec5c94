package dev.ragops.runtime.search;

import dev.ragops.runtime.index.OrdinalFilter;
import java.util.Optional;
import java.util.stream.Stream;

/** The passages of one view by ordinal. Immutable. */
public interface Passages {
    /** Passages that can be found (deleted and replaced ones are not counted). */
    int live();

    /** Documents that can be found. */
    int documents();

    Passage get(int ordinal);

    /** The live passages of a collection that a filter lets through; remembered for the life of the view. */
    OrdinalFilter matching(String collection, Optional<Filter> filter);

    /** All that can be found, in order of ordinal. */
    Stream<Passage> all();
}
