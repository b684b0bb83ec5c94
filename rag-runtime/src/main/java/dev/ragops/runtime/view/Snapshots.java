package dev.ragops.runtime.view;

import dev.ragops.runtime.chunk.ChunkingConfig;
import dev.ragops.runtime.search.RetrievalConfig.IndexKind;
import dev.ragops.runtime.search.SnapshotFile;
import dev.ragops.runtime.search.SnapshotFile.Cursor;
import dev.ragops.runtime.search.SnapshotFile.Origin;
import dev.ragops.runtime.search.SnapshotFile.Restored;
import dev.ragops.runtime.search.View;
import dev.ragops.runtime.store.Contents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the newest view on the local disk, so that the next start reads it instead of deriving it. Each origin has a file of its own: revisions and
 * replicas may share a folder. What goes wrong here costs time at the next start and nothing else.
 */
public final class Snapshots implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);
    /** Raised when other code makes other passages or words of the same documents. */
    private static final int DERIVATION = 1;
    /** A burst of writes is written down once, when it is over, */
    private static final Duration QUIET = Duration.ofSeconds(5);
    /** and one that never ends every so often. */
    private static final Duration LONGEST = Duration.ofMinutes(10);
    /** Of revisions that nobody runs any more. */
    private static final Duration FORGOTTEN_AFTER = Duration.ofDays(30);
    /** For a write that is under way when the process ends: a second and a half for 100,000 passages. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** Left by a process that was killed while it wrote. */
    private static final Duration ABANDONED_AFTER = Duration.ofHours(1);

    private final Path folder;
    private final Origin origin;
    private final int dimension;
    private final Clock clock;
    private final SnapshotFile file;
    private final Path path;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("snapshot").daemon().factory());

    /** What is on disk, or on its way there. */
    private Optional<View> kept = Optional.empty();

    private Optional<View> seen = Optional.empty();
    private Instant seenAt = Instant.MIN;
    private Instant keptAt;
    private volatile boolean writing;

    /**
     * @param folder made when it is not there
     * @param content of the origin, see {@link #content}
     */
    public Snapshots(Path folder, String fingerprint, String content, int dimension, Clock clock) {
        this.folder = folder;
        this.origin = new Origin(fingerprint, content);
        this.dimension = dimension;
        this.clock = clock;
        this.keptAt = clock.instant();
        this.path =
                folder.resolve(Contents.inputHash(fingerprint + "\n" + content).substring(0, 16) + ".snapshot");
        this.file = new SnapshotFile(path);
    }

    /** Names all that decides which passages documents become and how they lie, but the embedder. */
    public static String content(String store, String bundleDigest, ChunkingConfig chunking, IndexKind index) {
        return String.join(
                ", ",
                "derivation " + DERIVATION,
                "store " + store,
                "bundle " + (bundleDigest.isEmpty() ? "none" : bundleDigest),
                "chunks of " + chunking.maxTokens() + " tokens, " + chunking.overlapTokens() + " shared",
                "index " + index);
    }

    /** The index of the last run, if there is one of this origin. */
    Optional<Restored> read() {
        tidy();
        Optional<Restored> restored = file.read(origin, dimension);
        restored.ifPresent(_ -> touch());
        return restored;
    }

    /** Says that this view is what was read. */
    void keeps(View view) {
        kept = Optional.of(view);
    }

    /** Looks whether it is time to write; called again and again by the thread that writes the view. */
    void look(View view, Cursor cursor) {
        Instant now = clock.instant();
        if (seen.filter(view::equals).isEmpty()) {
            seen = Optional.of(view);
            seenAt = now;
        }
        boolean due = seenAt.plus(QUIET).isBefore(now) || keptAt.plus(LONGEST).isBefore(now);
        if (!due || writing || kept.filter(view::equals).isPresent()) {
            return;
        }
        keptAt = now;
        submit(view, cursor);
    }

    /** Writes at the end what is not written yet; {@link #close} waits for it. */
    void finish(View view, Cursor cursor) {
        if (kept.filter(view::equals).isEmpty()) {
            submit(view, cursor);
        }
    }

    private void submit(View view, Cursor cursor) {
        kept = Optional.of(view);
        writing = true;
        writer.execute(() -> write(view, cursor));
    }

    private void write(View view, Cursor cursor) {
        try {
            long began = System.nanoTime();
            file.write(view, origin, cursor);
            LOG.info(
                    "snapshot of {} passages at sequence {}: {} KiB in {} ms",
                    view.passages().live(),
                    view.sequence(),
                    Files.size(path) >> 10,
                    (System.nanoTime() - began) / 1_000_000);
        } catch (IOException | RuntimeException e) {
            LOG.warn("no snapshot of the index could be written to {}: the next start derives it anew", path, e);
        } finally {
            writing = false;
        }
    }

    private void touch() {
        try {
            Files.setLastModifiedTime(path, FileTime.from(clock.instant()));
        } catch (IOException e) {
            LOG.debug("{} stays as old as it is", path, e);
        }
    }

    private void tidy() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path each : files.toList()) {
                String name = each.getFileName().toString();
                if (name.endsWith(".snapshot") && isOlder(each, FORGOTTEN_AFTER)
                        || name.endsWith(".partial") && isOlder(each, ABANDONED_AFTER)) {
                    Files.deleteIfExists(each);
                }
            }
        } catch (IOException e) {
            LOG.warn("old snapshots in {} stay", folder, e);
        }
    }

    private boolean isOlder(Path each, Duration age) throws IOException {
        return Files.getLastModifiedTime(each).toInstant().plus(age).isBefore(clock.instant());
    }

    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                writer.shutdownNow();
            }
        } catch (InterruptedException e) {
            writer.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
