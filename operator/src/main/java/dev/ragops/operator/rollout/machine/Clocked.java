package dev.ragops.operator.rollout.machine;

import java.time.Instant;

/** Since when a generation of the route was in force on every gateway. */
public record Clocked(Instant since, long generation) {}
