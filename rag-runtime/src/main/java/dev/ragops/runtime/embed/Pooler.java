package dev.ragops.runtime.embed;

import java.nio.FloatBuffer;

/** From the vectors of a text's tokens to the text's one vector. Pure. */
final class Pooler {
    /** Part of the fingerprint: raise it whenever vectors can change. */
    static final String VERSION = "pooling-1";

    private Pooler() {}

    /**
     * @param states {@code [batch][tokens][dimension]}, row after row
     * @param row which text
     * @param paddedTokens tokens of the longest text of the batch
     * @param tokens of this text; the ones behind them are padding and do not count
     */
    static float[] pool(
            FloatBuffer states, int row, int paddedTokens, int tokens, int dimension, EmbedderSpec.Encoding encoding) {
        float[] out = new float[dimension];
        int base = row * paddedTokens * dimension;
        switch (encoding.pooling()) {
            case CLS -> states.get(base, out);
            case MEAN -> {
                float[] token = new float[dimension];
                for (int t = 0; t < tokens; t++) {
                    states.get(base + t * dimension, token);
                    for (int i = 0; i < dimension; i++) {
                        out[i] += token[i];
                    }
                }
                for (int i = 0; i < dimension; i++) {
                    out[i] /= tokens;
                }
            }
        }
        if (encoding.normalize()) {
            normalize(out);
        }
        return out;
    }

    static void normalize(float[] vector) {
        double square = 0;
        for (float x : vector) {
            square += (double) x * x;
        }
        if (square > 0) {
            float inverse = (float) (1 / Math.sqrt(square));
            for (int i = 0; i < vector.length; i++) {
                vector[i] *= inverse;
            }
        }
    }
}
