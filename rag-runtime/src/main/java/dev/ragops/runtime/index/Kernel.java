package dev.ragops.runtime.index;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The inner loops of vector search, so that the rest works with and without the Vector API module. */
interface Kernel {
    /** The fastest that this JVM offers. One per process, so calls through it stay monomorphic. */
    Kernel BEST = choose();

    /** Inner product of {@code a[aFrom, aFrom + n)} and {@code b[bFrom, bFrom + n)}. */
    float dot(float[] a, int aFrom, float[] b, int bFrom, int n);

    /**
     * Inner product of quantised vectors; every number must be -63 to 63, so that eight products fit a short.
     *
     * @param a the question, widened once instead of once a row
     */
    int dot(short[] a, byte[] b, int bFrom, int n);

    private static Kernel choose() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
            return new WarmingKernel(new ScalarKernel(), new SimdKernel(), System::nanoTime, WarmingKernel::beside);
        }
        Logger log = LoggerFactory.getLogger(Kernel.class);
        log.warn("vector search runs without SIMD, several times slower: start java with"
                + " --add-modules jdk.incubator.vector");
        return new ScalarKernel();
    }
}
