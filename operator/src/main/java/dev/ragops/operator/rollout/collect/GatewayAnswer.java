package dev.ragops.operator.rollout.collect;

import dev.ragops.operator.rollout.evidence.Ejection;
import dev.ragops.operator.rollout.evidence.Tally;
import java.util.Optional;

/** What came back from asking one gateway pod. */
public sealed interface GatewayAnswer {
    String pod();

    /** Its counters since it made the generation effective. */
    record Counted(String pod, String process, Tally tally, Optional<Ejection> ejection) implements GatewayAnswer {}

    /** It never saw the generation: it has not followed yet, or has just started. */
    record Unaware(String pod) implements GatewayAnswer {}

    record Unreachable(String pod, String why) implements GatewayAnswer {}
}
