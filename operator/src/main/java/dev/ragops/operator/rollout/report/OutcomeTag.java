package dev.ragops.operator.rollout.report;

import dev.ragops.operator.rollout.machine.Cause;
import dev.ragops.operator.rollout.machine.HistoryEntry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What is written onto a registered version when its attempt is over. */
final class OutcomeTag {
    private OutcomeTag() {}

    /** Empty where nothing was found out about the version: it was stopped or superseded. */
    static Optional<String> of(HistoryEntry entry) {
        return switch (entry.outcome()) {
            case SUCCEEDED -> Optional.of("promoted");
            case ROLLED_BACK ->
                Optional.of(entry.reason().startsWith(Cause.INVALID_BUNDLE.reason()) ? "rejected" : "rolled-back");
            case ABORTED -> Optional.of("rejected");
            case STOPPED, SUPERSEDED -> Optional.empty();
        };
    }

    /** The same entry always gives the same tags, so writing them twice changes nothing. */
    static Map<String, String> tags(String namespace, String name, HistoryEntry entry, String outcome) {
        String prefix = "ragops." + namespace + "." + name + ".";
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put(prefix + "revision", entry.revision());
        tags.put(prefix + "reason", entry.reason());
        tags.put(prefix + "at", entry.at().toString());
        // Last: whoever waits for the outcome finds the rest.
        tags.put(prefix + "outcome", outcome);
        return tags;
    }
}
