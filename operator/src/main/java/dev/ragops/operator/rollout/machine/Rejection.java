package dev.ragops.operator.rollout.machine;

import java.time.Instant;

/** A revision that was judged bad: never a candidate again until someone retries it. */
public record Rejection(RevisionId revision, String reason, Instant at) {
    /** The same version, bundle and configuration, under whatever name. */
    public boolean covers(RevisionId other) {
        if (revision.version().isEmpty() || other.version().isEmpty()) {
            return revision.name().equals(other.name());
        }
        return revision.version().equals(other.version())
                && revision.digest().equals(other.digest())
                && revision.config().equals(other.config());
    }
}
