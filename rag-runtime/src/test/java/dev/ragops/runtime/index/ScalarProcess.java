package dev.ragops.runtime.index;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** A process that is started without the Vector API module, searches, and prints what it found with what. */
public final class ScalarProcess {
    private ScalarProcess() {}

    public static void main(String[] arguments) {
        float[] unit = {0.6f, 0.8f};
        VectorRows rows =
                VectorRows.empty(2).append(List.of(new float[] {0, 1}, new float[] {-1, 0}, new float[] {0.6f, 0.8f}));
        BitSet all = new BitSet();
        all.set(0, rows.size());
        ScoredOrdinals found = SegmentedIndex.scanning(rows).search(unit, 2, OrdinalFilter.of(all));
        System.out.println(Kernel.BEST.getClass().getSimpleName() + " found " + Arrays.toString(found.ordinals()));
    }
}
