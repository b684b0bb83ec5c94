package dev.ragops.e2e.load;

/** Is what became of one request, as its user saw it. */
sealed interface Outcome {

    /** Microseconds from the moment the request was due, not from when it was sent: a stalled client hides nothing. */
    long latencyMicros();

    /**
     * An answer with status 200.
     *
     * @param version registered version that answered, empty when the answer did not say
     * @param track track that answered, empty when the answer did not say
     * @param fallback whether stable was asked again after the candidate failed
     */
    record Answered(long latencyMicros, String version, String track, boolean fallback) implements Outcome {}

    /** Anything else: another status, a broken connection, a time-out. */
    record Failed(long latencyMicros, String reason) implements Outcome {}
}
