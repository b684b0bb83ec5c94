package dev.ragops.operator;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;

/** Keeps a status below 32 KiB: it gives up one thing after another, in the order given, until what is left fits. */
public final class StatusBudget {
    public static final int MAX_BYTES = 32 * 1024;

    private StatusBudget() {}

    /** @param cuts what is only for readers first; what a decision needs must not be among them */
    public static <S> S fitted(S full, List<UnaryOperator<S>> cuts) {
        S status = full;
        for (UnaryOperator<S> cut : cuts) {
            if (bytes(status) <= MAX_BYTES) {
                return status;
            }
            status = cut.apply(status);
        }
        return status;
    }

    /** As it travels and is kept. */
    public static int bytes(Object status) {
        return Serialization.asJson(status).getBytes(StandardCharsets.UTF_8).length;
    }

    /** A text that is cut says so. */
    public static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, Math.max(0, most - 1)) + "…";
    }
}
