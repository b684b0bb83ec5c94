package dev.ragops.runtime.search;

import dev.ragops.runtime.index.OrdinalFilter;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Passages by ordinal with a bit for each that lives. Snapshots share the array; only the newest may be appended to, by
 * one thread.
 */
final class PassageTable implements Passages {
    /** Filters remembered a view; more than this are not the few a product asks with, and are computed each time. */
    private static final int REMEMBERED = 256;

    static final PassageTable EMPTY = new PassageTable(new Passage[0], 0, new BitSet(), 0);

    private final @Nullable Passage[] passages;
    private final int size;
    private final BitSet live;
    private final int liveCount;
    private final int documents;
    private final Map<Asked, OrdinalFilter> answered = new ConcurrentHashMap<>();

    private record Asked(String collection, Optional<Filter> filter) {}

    private PassageTable(@Nullable Passage[] passages, int size, BitSet live, int documents) {
        this.passages = passages;
        this.size = size;
        this.live = live;
        this.liveCount = live.cardinality();
        this.documents = documents;
    }

    /** @param passages by ordinal; null where nothing lives */
    static PassageTable of(@Nullable Passage[] passages, BitSet live, int documents) {
        return new PassageTable(passages, passages.length, live, documents);
    }

    /**
     * @param removed ordinals that die
     * @param added passages that get the next ordinals
     * @param newDocuments documents that live afterwards
     */
    PassageTable change(BitSet removed, List<Passage> added, int newDocuments) {
        int newSize = size + added.size();
        @Nullable Passage[] array = passages;
        if (newSize > array.length) {
            array = Arrays.copyOf(array, Math.max(newSize, array.length + (array.length >> 1) + 16));
        }
        for (int i = 0; i < added.size(); i++) {
            array[size + i] = added.get(i);
        }
        BitSet newLive = (BitSet) live.clone();
        newLive.andNot(removed);
        newLive.set(size, newSize);
        return new PassageTable(array, newSize, newLive, newDocuments);
    }

    /** Ordinals given out, dead ones included. */
    int size() {
        return size;
    }

    @Override
    public int live() {
        return liveCount;
    }

    @Override
    public int documents() {
        return documents;
    }

    @Override
    public Passage get(int ordinal) {
        Passage passage = ordinal < size ? passages[ordinal] : null;
        if (passage == null) {
            throw new IndexOutOfBoundsException("ordinal " + ordinal + " of " + size);
        }
        return passage;
    }

    @Override
    public Stream<Passage> all() {
        return live.stream().mapToObj(this::get);
    }

    BitSet liveOrdinals() {
        return (BitSet) live.clone();
    }

    @Override
    public OrdinalFilter matching(String collection, Optional<Filter> filter) {
        Asked asked = new Asked(collection, filter);
        OrdinalFilter known = answered.get(asked);
        if (known != null) {
            return known;
        }
        OrdinalFilter computed = OrdinalFilter.of(compute(collection, filter));
        if (answered.size() < REMEMBERED) {
            answered.put(asked, computed);
        }
        return computed;
    }

    private BitSet compute(String collection, Optional<Filter> filter) {
        BitSet matching = new BitSet(size);
        for (int ordinal = live.nextSetBit(0); ordinal >= 0; ordinal = live.nextSetBit(ordinal + 1)) {
            Passage passage = get(ordinal);
            if (passage.collection().equals(collection)
                    && (filter.isEmpty() || FilterMatcher.matches(filter.get(), passage.metadata()))) {
                matching.set(ordinal);
            }
        }
        return matching;
    }
}
