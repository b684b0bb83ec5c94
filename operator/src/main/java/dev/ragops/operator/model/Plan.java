package dev.ragops.operator.model;

import dev.ragops.operator.revision.Revision;
import dev.ragops.operator.route.RouteFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What should be.
 *
 * @param target what should become stable, once known
 * @param record a revision that has to be recorded before anything else
 * @param file route and memory to stand; empty while there is nothing to route to
 * @param workloads replicas by revision that should have pods
 * @param floor replicas a running rollout keeps
 * @param retired revisions whose pods may go
 * @param forgotten records that are older than the history wants
 * @param gate why the resolved version may not have pods, or empty
 * @param frozen why nothing starts, or empty
 */
record Plan(
        Optional<Revision> target,
        Optional<Revision> record,
        Optional<RouteFile> file,
        Map<String, Integer> workloads,
        int floor,
        Set<String> retired,
        Set<String> forgotten,
        List<String> gate,
        String frozen) {
    Plan {
        workloads = Map.copyOf(workloads);
        retired = Set.copyOf(retired);
        forgotten = Set.copyOf(forgotten);
        gate = List.copyOf(gate);
    }
}
