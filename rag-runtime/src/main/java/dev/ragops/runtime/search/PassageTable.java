package dev.ragops.runtime.search;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ragops.runtime.index.OrdinalFilter;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Passages by ordinal with a bit for each that lives. Snapshots share the array; only the newest may be appended to, by
 * one thread.
 */
final class PassageTable implements Passages {
    /** Heap that a view's remembered filters may take: thousands of those a product asks with, and nobody can fill more. */
    private static final long REMEMBERED_BYTES = 4L << 20;

    static final PassageTable EMPTY = new PassageTable(new Passage[0], 0, new BitSet(), 0);

    private final @Nullable Passage[] passages;
    private final int size;
    private final BitSet live;
    private final int liveCount;
    private final int documents;
    /** What is asked often stays, however many others are asked once. */
    private final Cache<Asked, OrdinalFilter> answered;

    private record Asked(String collection, Optional<Filter> filter) {
        int bytes() {
            return 2 * collection.length() + filter.map(Asked::bytes).orElse(0);
        }

        private static int bytes(Filter filter) {
            return switch (filter) {
                case Filter.And and ->
                    and.filters().stream().mapToInt(Asked::bytes).sum();
                case Filter.Or or ->
                    or.filters().stream().mapToInt(Asked::bytes).sum();
                case Filter.Comparison comparison -> 64 + 2 * comparison.key().length() + bytes(comparison.value());
            };
        }

        private static int bytes(Object value) {
            return switch (value) {
                case List<?> list -> list.stream().mapToInt(Asked::bytes).sum();
                case String text -> 40 + 2 * text.length();
                default -> 24;
            };
        }
    }

    private PassageTable(@Nullable Passage[] passages, int size, BitSet live, int documents) {
        this.passages = passages;
        this.size = size;
        this.live = live;
        this.liveCount = live.cardinality();
        this.documents = documents;
        this.answered = Caffeine.newBuilder()
                .maximumWeight(REMEMBERED_BYTES)
                .<Asked, OrdinalFilter>weigher((asked, _) -> 128 + asked.bytes() + size / Byte.SIZE)
                .executor(Runnable::run)
                .build();
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
        return answered.get(new Asked(collection, filter), this::compute);
    }

    private OrdinalFilter compute(Asked asked) {
        Predicate<Map<String, Object>> passes =
                asked.filter().map(FilterMatcher::of).orElse(_ -> true);
        BitSet matching = new BitSet(size);
        Map<String, Object> metadata = Map.of();
        boolean passed = passes.test(metadata);
        for (int ordinal = live.nextSetBit(0); ordinal >= 0; ordinal = live.nextSetBit(ordinal + 1)) {
            Passage passage = get(ordinal);
            // The passages of a document follow each other and share its metadata.
            if (passage.metadata() != metadata) {
                metadata = passage.metadata();
                passed = passes.test(metadata);
            }
            if (passed && passage.collection().equals(asked.collection())) {
                matching.set(ordinal);
            }
        }
        return OrdinalFilter.of(matching);
    }
}
