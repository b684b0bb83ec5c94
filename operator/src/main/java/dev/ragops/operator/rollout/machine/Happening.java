package dev.ragops.operator.rollout.machine;

/** Something worth an event on the rollout. */
public record Happening(boolean warning, String reason, String message) {}
