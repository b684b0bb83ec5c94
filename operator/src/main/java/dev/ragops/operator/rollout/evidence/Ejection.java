package dev.ragops.operator.rollout.evidence;

/** A gateway took a candidate out by itself. */
public record Ejection(String revision, long generation, String reason) {}
