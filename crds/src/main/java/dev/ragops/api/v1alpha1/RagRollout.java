package dev.ragops.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** How users of a RagModel are moved from one revision to the next, and taken back. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@ShortNames("ragr")
@AdditionalPrinterColumn(name = "Model", jsonPath = ".spec.modelRef.name")
@AdditionalPrinterColumn(name = "Step", jsonPath = ".status.step.display")
@AdditionalPrinterColumn(name = "Step-Name", jsonPath = ".status.step.name")
@AdditionalPrinterColumn(name = "Weight", jsonPath = ".status.traffic.split.percent")
@AdditionalPrinterColumn(name = "Stable", jsonPath = ".status.stable.version")
@AdditionalPrinterColumn(name = "Candidate", jsonPath = ".status.candidate.version")
@AdditionalPrinterColumn(name = "Reason", jsonPath = ".status.reason")
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public class RagRollout extends CustomResource<RagRolloutSpec, RagRolloutStatus> implements Namespaced {
    private static final long serialVersionUID = 1L;
}
