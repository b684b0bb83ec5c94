package dev.ragops.operator.rollout.machine;

import dev.ragops.operator.rollout.plan.Exposure;
import dev.ragops.operator.rollout.plan.Share;
import java.time.Duration;
import java.util.Optional;

/** Words what a run asks of the model in each of its situations. The number is given by {@link Draft#ask}. */
final class Asking {
    private Asking() {}

    /** The candidate has pods and the exposure, users else have stable. */
    static Traffic exposed(String modelUid, Run run, Exposure exposure) {
        Split split = switch (exposure.kind()) {
            case Exposure.Nobody _ -> new Split.None();
            case Exposure.Mirrored(Share share) -> new Split.Shadow(share);
            case Exposure.Served(Share share) -> new Split.Served(share, exposure.matches());
        };
        return traffic(modelUid, run, run.stable(), Optional.of(run.candidate()), Optional.empty(), split);
    }

    /** The candidate is stable; the previous revision stays as control if there is a watch. */
    static Traffic promoted(String modelUid, Run run) {
        if (run.plan().watch().duration().equals(Duration.ZERO)) {
            return traffic(modelUid, run, run.candidate(), Optional.empty(), Optional.empty(), new Split.None());
        }
        return traffic(
                modelUid,
                run,
                run.candidate(),
                Optional.empty(),
                Optional.of(run.stable()),
                new Split.Control(run.plan().watch().control()));
    }

    /** The candidate goes on serving while pods of what users had before come up. */
    static Traffic warming(String modelUid, Run run) {
        return traffic(modelUid, run, run.candidate(), Optional.empty(), Optional.of(run.stable()), new Split.None());
    }

    /** Users have what they had before the run. */
    static Traffic takenBack(String modelUid, Run run) {
        return traffic(modelUid, run, run.stable(), Optional.empty(), Optional.empty(), new Split.None());
    }

    /** Nothing runs. Fallback is asked as a run would: changing it alone would start another generation of the route. */
    static Traffic resting(String modelUid, long attempt, String stable, boolean fallback) {
        return new Traffic(
                modelUid, attempt, 0, stable, Optional.empty(), Optional.empty(), new Split.None(), fallback, 0);
    }

    private static Traffic traffic(
            String modelUid,
            Run run,
            RevisionId stable,
            Optional<RevisionId> candidate,
            Optional<RevisionId> control,
            Split split) {
        return new Traffic(
                modelUid,
                run.attempt(),
                0,
                stable.name(),
                candidate.map(RevisionId::name),
                control.map(RevisionId::name),
                split,
                run.plan().fallback(),
                run.floor());
    }
}
