package dev.ragops.operator.model;

import dev.ragops.operator.revision.Revision;

/**
 * A recorded revision as the cluster has it.
 *
 * @param number order of recording
 * @param deployed whether it has a Deployment
 * @param failure what its pods complained of last, or empty
 * @param invalid its bundle cannot be served, whoever tries
 * @param insight what its pods say of themselves
 */
record Revisioned(
        Revision revision,
        long number,
        boolean deployed,
        int desiredReplicas,
        int readyReplicas,
        boolean indexing,
        String failure,
        boolean invalid,
        Insight insight) {
    Revisioned(
            Revision revision,
            long number,
            boolean deployed,
            int desiredReplicas,
            int readyReplicas,
            boolean indexing,
            String failure,
            boolean invalid) {
        this(revision, number, deployed, desiredReplicas, readyReplicas, indexing, failure, invalid, Insight.NONE);
    }

    boolean isReady() {
        return deployed && readyReplicas > 0;
    }
}
