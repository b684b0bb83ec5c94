package dev.ragops.runtime.view;

import java.time.Duration;
import java.util.Optional;

/** How far a runtime is on its way to answering. */
public sealed interface Progress {
    /** Reading the bundle, opening the store. */
    record Starting(String what) implements Progress {}

    /**
     * On the way to the head noted at start.
     *
     * @param done of {@code total}: documents of the bundle, then writes of the store
     * @param left at the present pace, once there is one
     */
    record CatchingUp(long done, long total, Optional<Duration> left) implements Progress {}

    /** Was once at that head; later lag never takes this back. */
    record Ready() implements Progress {}
}
