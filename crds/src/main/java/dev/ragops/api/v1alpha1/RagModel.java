package dev.ragops.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** A registered model, run as retrieval pods behind one address. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@ShortNames("ragm")
@ValidationRule(
        value = "size(self.metadata.name) <= 40",
        message = "the name of a RagModel has at most 40 characters, because names of its objects are made from it")
@AdditionalPrinterColumn(name = "Model", jsonPath = ".spec.model.name")
@AdditionalPrinterColumn(name = "Target", jsonPath = ".status.target.version")
@AdditionalPrinterColumn(name = "Stable", jsonPath = ".status.route.stable")
@AdditionalPrinterColumn(name = "Candidate", jsonPath = ".status.route.candidate")
@AdditionalPrinterColumn(name = "Split", jsonPath = ".status.route.weights.kind")
@AdditionalPrinterColumn(name = "Weight", jsonPath = ".status.route.weights.percent")
@AdditionalPrinterColumn(name = "Ready", jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "Reason", jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public class RagModel extends CustomResource<RagModelSpec, RagModelStatus> implements Namespaced {
    private static final long serialVersionUID = 1L;
}
