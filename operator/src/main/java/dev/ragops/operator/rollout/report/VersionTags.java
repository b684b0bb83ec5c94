package dev.ragops.operator.rollout.report;

import dev.ragops.api.v1alpha1.RagModel;
import java.util.Map;

/** Writes tags onto a registered version. Blocks for a bounded time; throws with the reason when the registry cannot be told. */
public interface VersionTags {
    void write(RagModel model, String version, Map<String, String> tags);
}
