package dev.ragops.operator.rollout.judge;

/**
 * The finding of one check, with the numbers it rests on in words a person can act on.
 *
 * @param check its name: an objective, a comparison, a Prometheus check
 * @param samples events of the judged track it rests on
 */
public record Verdict(String check, Ruling ruling, String detail, long samples) {}
