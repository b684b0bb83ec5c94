package dev.ragops.operator.rollout.collect;

import java.util.List;

/** Where evidence comes from: all gateways of a model. */
public interface EvidenceSource {
    /** One answer for each ready gateway pod. Blocks for a bounded time; throws when not even the pods can be found. */
    List<GatewayAnswer> ask(Subject subject);
}
