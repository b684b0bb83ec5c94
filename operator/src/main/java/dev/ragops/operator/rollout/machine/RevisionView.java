package dev.ragops.operator.rollout.machine;

/**
 * A revision as the model reports it.
 *
 * @param replicas pods asked for
 * @param readyReplicas pods that serve
 * @param lag changes of the document store it does not answer with yet
 */
public record RevisionView(RevisionId id, Readiness readiness, int replicas, int readyReplicas, long lag) {}
