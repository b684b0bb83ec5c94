package dev.ragops.operator.rollout.machine;

/** How far the pods of a revision are. */
public sealed interface Readiness {
    /** Not serving yet. {@code why} is what was last reported, for the person who waits. */
    record Pending(String why) implements Readiness {}

    /** Deriving the view; as long as {@code done} moves, it is progress. */
    record Indexing(long done, long total) implements Readiness {}

    record Ready() implements Readiness {}

    /** The bundle itself is wrong: trying again cannot help. */
    record Invalid(String why) implements Readiness {}
}
