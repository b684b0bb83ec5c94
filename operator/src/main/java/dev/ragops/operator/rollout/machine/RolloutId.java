package dev.ragops.operator.rollout.machine;

/** Names a rollout for a person, and tells it from another one of the same name. */
public record RolloutId(String name, String uid) {}
