package dev.ragops.operator.rollout.evidence;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/** What one track has shown, by answer class ({@code retrieval}, {@code generated}). */
public record TrackEvidence(Map<String, Counters> classes) {
    public static final TrackEvidence NONE = new TrackEvidence(Map.of());

    public TrackEvidence {
        classes = Map.copyOf(classes);
    }

    /** The counters of one class, or of all where {@code answerClass} is empty. */
    public Counters of(String answerClass) {
        if (!answerClass.isEmpty()) {
            return classes.getOrDefault(answerClass, Counters.NONE);
        }
        return classes.values().stream().reduce(Counters.NONE, Counters::plus);
    }

    public long total() {
        return classes.values().stream().mapToLong(Counters::total).sum();
    }

    public TrackEvidence plus(TrackEvidence other) {
        return combined(other, Counters::plus);
    }

    public TrackEvidence minus(TrackEvidence earlier) {
        return combined(earlier, Counters::minus);
    }

    private TrackEvidence combined(TrackEvidence other, BinaryOperator<Counters> how) {
        Map<String, Counters> all = new TreeMap<>(classes);
        other.classes.forEach((name, counters) ->
                all.put(name, how.apply(all.getOrDefault(name, Counters.NONE), counters)));
        return new TrackEvidence(all);
    }
}
