package dev.ragops.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.e2e.cluster.Front;
import dev.ragops.e2e.cluster.LoadPod;
import dev.ragops.e2e.cluster.Waiting;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Documents are ingested all the while a version comes, takes over and is taken back; whoever answers has every one of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DocumentsIT {
    private static final String[] FOR_CANDIDATE = {"x-beta", "true"};
    private static final int SAMPLE = 25;

    private final Stage stage = new Stage(DocumentsIT.class);
    private final List<Integer> acknowledged = new CopyOnWriteArrayList<>();
    private final List<String> refused = new CopyOnWriteArrayList<>();
    private volatile long sequence;
    private volatile boolean writing = true;

    @AfterAll
    void leave() {
        stage.close();
    }

    @Test
    void noPromotionAndNoRollbackLosesADocument() throws InterruptedException {
        stage.cluster().mustApply("""
                apiVersion: v1
                kind: Secret
                metadata: {name: documents}
                stringData: {url: "%s"}
                """.formatted(stage.surroundings().postgresInCluster()));
        stage.serveBaseline("documents: {postgres: {secret: {name: documents, key: url}}}");
        stage.cluster()
                .mustApply(stage.rollout(
                        Stage.MODEL,
                        Stage.MODEL,
                        "steps: [{name: beta, ab: {percent: 10, match: [{header: {name: x-beta, value: \"true\"}}]}, duration: 1s}, {name: review, pause: {}}]",
                        "watch: {duration: 30m}"));
        LoadPod users = stage.users();
        try (Front front = new Front(stage.cluster(), Stage.MODEL)) {
            Thread writer = Thread.ofPlatform().start(() -> write(front));
            awaitMore();

            stage.alias(stage.better());
            Stage.Trial trial = stage.awaitPause("review");
            awaitMore();
            assertAllThere(front, Set.of(stage.baseline(), stage.better()));
            assertAllThere(front, Set.of(stage.better()), FOR_CANDIDATE);

            stage.intend("{\"promote\": {\"revision\": \"%s\", \"attempt\": %d}}"
                    .formatted(trial.revision(), trial.attempt()));
            stage.awaitPhase("Watching");
            awaitMore();
            assertAllThere(front, Set.of(stage.better()));

            stage.alias(stage.baseline());
            stage.awaitRollout(Stage.MODEL, "up to date", status -> "UpToDate".equals(status.reason()));
            awaitMore();
            writing = false;
            writer.join();
            assertAllThere(front, Set.of(stage.baseline()));
            for (int number : acknowledged) {
                assertThat(front.get("/documents/item-" + number).status()).isEqualTo(200);
            }
        }
        assertThat(refused).isEmpty();
        Stage.assertNobodyNoticed(users);
    }

    /** One document after the other; only those whose acknowledgement came back count, and one without is sent again. */
    private void write(Front front) {
        int number = 0;
        while (writing) {
            if (written(front, number)) {
                number++;
            }
            LockSupport.parkNanos(Duration.ofMillis(80).toNanos());
        }
    }

    private boolean written(Front front, int number) {
        try {
            Front.Answer answer = front.post(
                    "/ingest",
                    Map.of(
                            "documents",
                            List.of(Map.of(
                                    "id",
                                    "item-" + number,
                                    "title",
                                    "Item " + number,
                                    "text",
                                    "The codeword of this item is zebra%d.".formatted(number)))));
            if (answer.status() != 200) {
                refused.add(answer.status() + " " + answer.body());
                return false;
            }
            sequence = answer.body().path("sequence").asLong();
            acknowledged.add(number);
            return true;
        } catch (UncheckedIOException e) {
            // The port-forward to the pod broke off: nobody knows whether it was written, as for any client.
            return false;
        }
    }

    private void awaitMore() {
        int wanted = acknowledged.size() + SAMPLE;
        Waiting.until(
                SAMPLE + " more documents",
                Duration.ofSeconds(60),
                () -> acknowledged.size() >= wanted,
                () -> acknowledged.size() + " acknowledged, refused: " + refused);
    }

    /** Evenly over everything acknowledged so far, the newest among them. */
    private void assertAllThere(Front front, Set<String> versions, String... headers) {
        List<Integer> all = List.copyOf(acknowledged);
        long upTo = sequence;
        // By words, because these texts mean the same to an embedder.
        for (int i = 0; i < SAMPLE; i++) {
            int number = all.get((all.size() - 1) * (i + 1) / SAMPLE);
            Front.Answer answer = front.post(
                    "/query",
                    Map.of("query", "zebra" + number, "mode", "lexical", "topK", 5, "minSequence", upTo),
                    headers);
            assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
            assertThat(answer.documents()).as("found by v%s", answer.version()).contains("item-" + number);
            assertThat(answer.version()).isIn(versions);
        }
    }
}
