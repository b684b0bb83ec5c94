package dev.ragops.runtime.index;

import java.util.BitSet;

/** Which ordinals a search may return. Not modified after it was handed to a search. */
public interface OrdinalFilter {
    boolean accepts(int ordinal);

    /** The first accepted ordinal at or after {@code from}; negative when there is none. */
    int next(int from);

    /** How many ordinals are accepted, to choose between a graph and a scan. */
    int cardinality();

    static OrdinalFilter of(BitSet bits) {
        int cardinality = bits.cardinality();
        return new OrdinalFilter() {
            @Override
            public boolean accepts(int ordinal) {
                return bits.get(ordinal);
            }

            @Override
            public int next(int from) {
                return bits.nextSetBit(from);
            }

            @Override
            public int cardinality() {
                return cardinality;
            }
        };
    }
}
