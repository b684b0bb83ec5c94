package dev.ragops.operator.rollout.plan;

/** A header by which a person asks for the candidate, whatever bucket they are in. */
public record HeaderMatch(String name, String value) {}
