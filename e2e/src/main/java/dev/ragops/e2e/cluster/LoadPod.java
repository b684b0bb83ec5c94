package dev.ragops.e2e.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ragops.e2e.load.LoadReport;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.LogWatch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Users of a model, as a pod beside their applications; read through its log, one report a second. */
public final class LoadPod implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KubernetesClient client;
    private final String namespace;
    private final String name;
    private final String image;
    private final AtomicReference<@Nullable LoadReport> newest = new AtomicReference<>();
    private volatile String noise = "nothing";
    private volatile @Nullable Thread following;

    public LoadPod(KubernetesClient client, String namespace, String name, String image) {
        this.client = client;
        this.namespace = namespace;
        this.name = name;
        this.image = image;
    }

    /** Starts asking these questions, this many a second. */
    public void start(String url, int ratePerSecond, List<String> questions) {
        stop();
        client.configMaps()
                .inNamespace(namespace)
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withData(Map.of("questions.txt", String.join("\n", questions)))
                        .build())
                .serverSideApply();
        client.pods().inNamespace(namespace).resource(pod(url, ratePerSecond)).create();
        newest.set(null);
        following = Thread.ofPlatform().daemon().name("log of " + name).start(this::follow);
        Waiting.until("the first report of " + name, Duration.ofSeconds(60), () -> latest().isPresent(), () -> noise);
    }

    /** The newest report. */
    public Optional<LoadReport> latest() {
        return Optional.ofNullable(newest.get());
    }

    /** Ends the load and waits until every request under way has ended; returns the last word. */
    public LoadReport finish() {
        // At SIGTERM it stops asking, waits for what is under way and says a last word, which the open log stream still
        // gets.
        client.pods().inNamespace(namespace).withName(name).delete();
        try {
            return Waiting.value(
                    "the last report of " + name,
                    Duration.ofSeconds(40),
                    () -> latest().filter(LoadReport::last),
                    () -> String.valueOf(newest.get()));
        } finally {
            close();
        }
    }

    /** Ends the load at once. */
    public void stop() {
        close();
        client.pods().inNamespace(namespace).withName(name).withGracePeriod(0).delete();
        Waiting.until(
                "the end of " + name,
                Duration.ofSeconds(30),
                () -> client.pods().inNamespace(namespace).withName(name).get() == null,
                () -> "it is still there");
    }

    private void follow() {
        while (!Thread.currentThread().isInterrupted()
                && latest().filter(LoadReport::last).isEmpty()) {
            try (LogWatch log = client.pods()
                            .inNamespace(namespace)
                            .withName(name)
                            .tailingLines(1)
                            .watchLog();
                    var lines = new BufferedReader(new InputStreamReader(log.getOutput(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("{\"elapsedMillis\"")) {
                        newest.set(JSON.readValue(line, LoadReport.class));
                    } else {
                        noise = line;
                    }
                }
            } catch (IOException | RuntimeException e) {
                noise = String.valueOf(e.getMessage());
            }
            // The container is not there yet, or the stream broke: look again.
            LockSupport.parkNanos(300_000_000);
        }
    }

    @Override
    public void close() {
        Thread thread = following;
        if (thread != null) {
            thread.interrupt();
            following = null;
        }
    }

    private Pod pod(String url, int ratePerSecond) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("app.kubernetes.io/name", "ragops-load")
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .withTerminationGracePeriodSeconds(20L)
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(65532L)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewContainer()
                .withName("load")
                .withImage(image)
                .withImagePullPolicy("IfNotPresent")
                .withArgs("--url", url, "--rate", String.valueOf(ratePerSecond), "--questions", "/load/questions.txt")
                .withNewResources()
                .addToRequests("cpu", new Quantity("50m"))
                .addToRequests("memory", new Quantity("96Mi"))
                .addToLimits("memory", new Quantity("256Mi"))
                .endResources()
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .addToDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .addNewVolumeMount()
                .withName("questions")
                .withMountPath("/load")
                .endVolumeMount()
                .addNewVolumeMount()
                .withName("tmp")
                .withMountPath("/tmp")
                .endVolumeMount()
                .endContainer()
                .addNewVolume()
                .withName("questions")
                .withNewConfigMap()
                .withName(name)
                .endConfigMap()
                .endVolume()
                .addNewVolume()
                .withName("tmp")
                .withNewEmptyDir()
                .endEmptyDir()
                .endVolume()
                .endSpec()
                .build();
    }
}
