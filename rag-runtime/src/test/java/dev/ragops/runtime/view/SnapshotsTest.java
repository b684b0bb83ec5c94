package dev.ragops.runtime.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.config.RagConfig;
import dev.ragops.runtime.search.FakeEmbedder;
import dev.ragops.runtime.search.Passage;
import dev.ragops.runtime.store.DocumentStore;
import dev.ragops.runtime.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Restarts over one SQLite store and one folder of snapshots. */
class SnapshotsTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private final Clock clock = ((InstantSource) now::get).withZone(ZoneOffset.UTC);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private DocumentStore store;

    private void advance(Duration by) {
        now.updateAndGet(before -> before.plus(by));
    }

    /** One run of the process, with an embedder that counts what it is asked. */
    private record Run(Follower follower, FakeEmbedder embedder) implements AutoCloseable {
        List<String> texts() {
            return follower.current()
                    .passages()
                    .all()
                    .map(Passage::text)
                    .sorted()
                    .toList();
        }

        @Override
        public void close() {
            follower.close();
        }
    }

    @BeforeEach
    void openStore() {
        store = open();
        opened.add(store);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    private DocumentStore open() {
        return Stores.sqlite(directory.resolve("documents.db"), "default/test");
    }

    private Run run(String bundleDigest, SourceDocument... bundled) {
        FakeEmbedder embedder = new FakeEmbedder("fingerprint");
        String content = Snapshots.content(
                "default/test",
                bundleDigest,
                RagConfig.DEFAULT.chunking(),
                RagConfig.DEFAULT.retrieval().index());
        Snapshots snapshots = new Snapshots(folder(), "fingerprint", content, embedder.dimension(), clock);
        Follower follower = new Follower(
                RagConfig.DEFAULT,
                embedder,
                List.of(bundled),
                Map::of,
                Optional.of(this::open),
                Optional.of(snapshots));
        opened.add(follower);
        follower.start();
        await().atMost(SOON).until(follower::isReady);
        return new Run(follower, embedder);
    }

    private Path folder() {
        return directory.resolve("snapshots");
    }

    private List<Path> files() {
        if (!Files.isDirectory(folder())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder())) {
            return files.toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static SourceDocument document(String id, String text) {
        return new SourceDocument(id, "", text, Map.of());
    }

    private void sql(String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("documents.db"));
                Statement sql = connection.createStatement()) {
            sql.execute("PRAGMA busy_timeout = 10000");
            sql.execute(statement);
        }
    }

    /** So that only a snapshot can spare the embedding. */
    private void forgetVectors() throws SQLException {
        sql("DELETE FROM ragops_vector");
    }

    @Nested
    class A_restart {
        @Test
        void goes_on_from_the_view_that_the_last_run_left() throws Exception {
            store.upsert("default", List.of(document("a", "one"), document("b", "two")));
            run("digest", document("bundled", "three")).close();
            forgetVectors();

            Run again = run("digest", document("bundled", "three"));

            assertThat(again.texts()).containsExactly("one", "three", "two");
            assertThat(again.follower().current().sequence()).isEqualTo(1);
            assertThat(again.embedder().passages()).isEmpty();
        }

        @Test
        void takes_in_what_was_written_meanwhile() throws Exception {
            store.upsert("default", List.of(document("a", "one"), document("b", "two")));
            run("digest").close();
            forgetVectors();
            store.upsert("default", List.of(document("a", "newer"), document("c", "new")));
            store.delete("default", "b");

            Run again = run("digest");

            await().atMost(SOON).until(again::texts, List.of("new", "newer")::equals);
            assertThat(again.embedder().passages()).containsExactlyInAnyOrder("new", "newer");
        }

        @Test
        void after_a_kill_goes_on_from_what_was_written_in_a_quiet_moment() throws Exception {
            store.upsert("default", List.of(document("a", "one")));
            Run killed = run("digest");
            await().atMost(SOON).until(killed::texts, List.of("one")::equals);
            await().atMost(SOON).until(() -> {
                advance(Duration.ofSeconds(6));
                return !files().isEmpty()
                        && files().stream().allMatch(file -> file.toString().endsWith(".snapshot"));
            });
            forgetVectors();

            // The first run goes on, as a process would that does not know it is dead.
            assertThat(run("digest").embedder().passages()).isEmpty();
        }
    }

    @Nested
    class A_snapshot_that_does_not_fit {
        @Test
        void because_a_bit_is_wrong_is_derived_anew() throws Exception {
            store.upsert("default", List.of(document("a", "one")));
            run("digest").close();
            Path file = files().getFirst();
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);

            assertThat(run("digest").texts()).containsExactly("one");
        }

        @Test
        void because_it_is_of_another_bundle_is_left_to_that_one() throws Exception {
            run("first", document("x", "first")).close();

            Run second = run("second", document("x", "second"));

            assertThat(second.texts()).containsExactly("second");
            second.close();
            assertThat(files()).hasSize(2);
            Run first = run("first", document("x", "first"));
            assertThat(first.texts()).containsExactly("first");
            assertThat(first.embedder().passages()).isEmpty();
        }

        @Test
        void because_the_store_was_restored_is_never_shown() throws Exception {
            store.upsert("default", List.of(document("a", "one"), document("b", "two")));
            run("digest").close();
            sql("DELETE FROM ragops_document WHERE id = 'b'");
            sql("UPDATE ragops_store SET epoch = 'restored'");

            assertThat(run("digest").texts()).containsExactly("one");
        }

        @Test
        void because_deletions_were_forgotten_since_is_never_shown() throws Exception {
            store.upsert("default", List.of(document("a", "one"), document("b", "two")));
            run("digest").close();
            store.delete("default", "b");
            sql("UPDATE ragops_mark SET at = 0");
            store.upkeep().runOncePer(Duration.ZERO, Duration.ZERO, Duration.ofDays(1));

            assertThat(run("digest").texts()).containsExactly("one");
        }
    }

    @Nested
    class The_folder {
        @Test
        void is_rid_of_snapshots_that_nobody_used_for_a_month_and_of_torn_writes() throws Exception {
            Files.createDirectories(folder());
            Path old = Files.createFile(folder().resolve("old.snapshot"));
            Path torn = Files.createFile(folder().resolve("torn.partial"));
            Path writing = Files.createFile(folder().resolve("writing.partial"));
            Files.setLastModifiedTime(old, FileTime.from(clock.instant().minus(Duration.ofDays(31))));
            Files.setLastModifiedTime(torn, FileTime.from(clock.instant().minus(Duration.ofHours(2))));

            run("digest");

            assertThat(old).doesNotExist();
            assertThat(torn).doesNotExist();
            assertThat(writing).exists();
        }

        @Test
        void that_cannot_be_written_costs_nothing_but_the_next_start() throws Exception {
            Files.createFile(folder());
            store.upsert("default", List.of(document("a", "one")));

            run("digest").close();

            assertThat(run("digest").texts()).containsExactly("one");
        }
    }
}
