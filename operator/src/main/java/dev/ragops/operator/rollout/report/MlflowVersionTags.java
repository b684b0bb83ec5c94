package dev.ragops.operator.rollout.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ragops.api.v1alpha1.LocalSecretReference;
import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.operator.outside.BoundedHttp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** Sets tags of a model version over MLflow's REST API, which is one request a tag and needs no more of a client. */
public final class MlflowVersionTags implements VersionTags {
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final int MAX_VALUE = 4000;

    private final BiFunction<String, String, Map<String, String>> secrets;
    private final ObjectMapper json = new ObjectMapper();
    private final BoundedHttp http = new BoundedHttp(ANSWER);

    /** @param secrets decoded data of a readable Secret, by namespace and name */
    public MlflowVersionTags(BiFunction<String, String, Map<String, String>> secrets) {
        this.secrets = secrets;
    }

    @Override
    public void write(RagModel model, String version, Map<String, String> tags) {
        Map<String, String> credentials = Optional.ofNullable(
                        model.getSpec().registry().credentialsSecret())
                .map(LocalSecretReference::name)
                .map(name -> secrets.apply(model.getMetadata().getNamespace(), name))
                .orElse(Map.of());
        String base = model.getSpec().registry().url().replaceAll("/+$", "");
        tags.forEach((key, value) -> set(
                base,
                credentials,
                Map.of(
                        "name",
                        model.getSpec().model().name(),
                        "version",
                        version,
                        "key",
                        key,
                        "value",
                        value.length() > MAX_VALUE ? value.substring(0, MAX_VALUE) : value)));
    }

    private void set(String base, Map<String, String> credentials, Map<String, String> tag) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(
                            URI.create(base + "/api/2.0/mlflow/model-versions/set-tag"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(tag)));
            BoundedHttp.Answer answer = http.send(request, credentials);
            if (answer.status() != 200) {
                throw new IllegalStateException("the registry answered HTTP " + answer.status());
            }
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("strings are always JSON", impossible);
        } catch (IOException failure) {
            throw new IllegalStateException("the registry at " + base + ": " + failure, failure);
        }
    }
}
