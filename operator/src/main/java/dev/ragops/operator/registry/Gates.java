package dev.ragops.operator.registry;

import dev.ragops.api.v1alpha1.GateSpec;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** Checks a version's metrics against the gates of the model. */
public final class Gates {
    private Gates() {}

    /** What stands in the way; empty: it may have pods. */
    public static List<String> failures(List<GateSpec> gates, Map<String, Double> metrics) {
        return gates.stream().flatMap(gate -> failure(gate, metrics).stream()).toList();
    }

    private static List<String> failure(GateSpec gate, Map<String, Double> metrics) {
        Double value = metrics.get(gate.metric());
        if (value == null) {
            return List.of("the version has no metric " + gate.metric());
        }
        if (Double.isNaN(value)) {
            return List.of(gate.metric() + " is not a number");
        }
        if (gate.min() != null && value < new BigDecimal(gate.min()).doubleValue()) {
            return List.of(gate.metric() + " is " + value + ", the gate wants at least " + gate.min());
        }
        if (gate.max() != null && value > new BigDecimal(gate.max()).doubleValue()) {
            return List.of(gate.metric() + " is " + value + ", the gate wants at most " + gate.max());
        }
        return List.of();
    }
}
