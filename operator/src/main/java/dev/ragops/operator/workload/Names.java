package dev.ragops.operator.workload;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Names and labels of everything one RagModel owns; written down in docs/contracts.md. */
public record Names(String namespace, String model) {
    public static final String MODEL_LABEL = "ragops.dev/model";
    public static final String REVISION_LABEL = "ragops.dev/revision";
    public static final String MANAGED_BY_LABEL = "app.kubernetes.io/managed-by";
    public static final String MANAGER = "ragops";
    static final String NAME_LABEL = "app.kubernetes.io/name";
    static final String INSTANCE_LABEL = "app.kubernetes.io/instance";
    static final String RUNTIME = "rag-runtime";
    static final String GATEWAY = "rag-gateway";

    public String route() {
        return model + "-route";
    }

    public String settings() {
        return model + "-settings";
    }

    public String keys() {
        return model + "-keys";
    }

    public String gateway() {
        return model + "-gateway";
    }

    public String runtime() {
        return model + "-runtime";
    }

    public String documents() {
        return model + "-documents";
    }

    Map<String, String> labels(String part) {
        SortedMap<String, String> labels = new TreeMap<>();
        labels.put(MANAGED_BY_LABEL, MANAGER);
        labels.put(NAME_LABEL, part);
        labels.put(INSTANCE_LABEL, model);
        labels.put(MODEL_LABEL, model);
        return labels;
    }

    Map<String, String> labels(String part, String revision) {
        Map<String, String> labels = labels(part);
        labels.put(REVISION_LABEL, revision);
        return labels;
    }

    ObjectMeta metadata(String name, String part) {
        return metadata(name, labels(part));
    }

    ObjectMeta metadata(String name, String part, String revision) {
        return metadata(name, labels(part, revision));
    }

    private ObjectMeta metadata(String name, Map<String, String> labels) {
        return new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(namespace)
                .withLabels(labels)
                .build();
    }

    /** What selects pods must never change, so it holds as little as possible. */
    static Map<String, String> selector(String part, String model) {
        return Map.of(NAME_LABEL, part, MODEL_LABEL, model);
    }
}
