package dev.ragops.gateway.evidence;

/**
 * Is how one track's own first attempt at a request ended.
 *
 * @param ending of the attempt
 * @param answerClass {@code retrieval} or {@code generated}
 * @param latencyMillis until it ended
 */
public record Event(Ending ending, String answerClass, double latencyMillis) {
    public static final String RETRIEVAL = "retrieval";

    /** The ways an attempt can end. */
    public enum Ending {
        ANSWERED,
        /** A 4xx that is not a quota: the request was wrong, or this track thinks so. */
        CLIENT_ERROR,
        /** 5xx, a broken connection, a time-out. */
        ERROR,
        /** 503, or a 429 that is no key's quota: the pods have too much to do. */
        SHED,
        /** Says nothing of the track: a key's quota, a client that went away in time, a copy during a warm-up. */
        EXCLUDED;

        public boolean isError() {
            return this == ERROR || this == SHED;
        }
    }

    /**
     * What a status says.
     *
     * @param quota whether the runtime said that a 429 is the quota of the client's key, and not its own trouble
     */
    public static Ending endingOf(int status, boolean quota) {
        if (status == 429) {
            return quota ? Ending.EXCLUDED : Ending.SHED;
        }
        if (status == 503) {
            return Ending.SHED;
        }
        if (status >= 500) {
            return Ending.ERROR;
        }
        return status >= 400 ? Ending.CLIENT_ERROR : Ending.ANSWERED;
    }

    /** The same, without saying anything of the track. */
    public Event excluded() {
        return new Event(Ending.EXCLUDED, answerClass, latencyMillis);
    }

    public boolean isError() {
        return ending.isError();
    }
}
