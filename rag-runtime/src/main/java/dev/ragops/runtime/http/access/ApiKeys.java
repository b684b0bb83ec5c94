package dev.ragops.runtime.http.access;

import dev.ragops.runtime.http.contract.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of clients: a file with a line a key, or a folder of such files as a Secret is mounted, read again every few seconds, so that a key comes and goes
 * without a restart. A place that was named and holds no key lets nobody in; one that holds nothing but the word {@code open} lets everybody in.
 */
public final class ApiKeys {
    private static final Logger LOG = LoggerFactory.getLogger(ApiKeys.class);
    private static final List<String> OPEN = List.of("open");
    private static final long REREAD_NANOS = 2_000_000_000L;

    private final Optional<Path> place;
    private final Schema filterSchema;
    private final LongSupplier nanos;
    private volatile Map<String, Entry> known = Map.of();
    private volatile List<String> lines = List.of();
    private volatile long readAt;

    private record Entry(ApiKey key, Grant grant) {}

    /**
     * @param place empty: no key is wanted
     * @param filterSchema what a forced filter must look like
     */
    public ApiKeys(Optional<Path> place, Schema filterSchema, LongSupplier nanos) {
        this.place = place;
        this.filterSchema = filterSchema;
        this.nanos = nanos;
        read();
    }

    /** Whether a caller must show a key. */
    public boolean wanted() {
        refresh();
        return place.isPresent() && !lines.equals(OPEN);
    }

    /** What the bearer of this key may do; empty: it is no key. */
    Optional<Grant> grant(String key) {
        refresh();
        return ApiKey.idOf(key)
                .flatMap(id -> Optional.ofNullable(known.get(id)))
                .filter(entry -> entry.key().opensWith(key))
                .map(Entry::grant);
    }

    private void refresh() {
        if (nanos.getAsLong() - readAt > REREAD_NANOS) {
            read();
        }
    }

    private synchronized void read() {
        readAt = nanos.getAsLong();
        if (place.isEmpty()) {
            return;
        }
        List<String> now;
        try {
            now = lines(place.get());
        } catch (IOException e) {
            // Being replaced right now: the next look finds it.
            return;
        }
        if (now.equals(lines)) {
            return;
        }
        if (now.equals(OPEN)) {
            LOG.info("no API key is wanted");
            lines = now;
            known = Map.of();
            return;
        }
        Map<String, Entry> keys = new HashMap<>();
        for (int i = 0; i < now.size(); i++) {
            try {
                ApiKey key = ApiKey.parse(now.get(i), filterSchema);
                keys.put(key.id(), new Entry(key, grant(key)));
            } catch (IllegalArgumentException e) {
                LOG.warn("API key {} of {} {}: it opens nothing", i + 1, place.get(), e.getMessage());
            }
        }
        LOG.info("{} API keys", keys.size());
        known = Map.copyOf(keys);
        lines = now;
    }

    /** A key that stays keeps what it has used of its quota. */
    private Grant grant(ApiKey key) {
        Optional<Quota> before = Optional.ofNullable(known.get(key.id()))
                .flatMap(entry -> entry.grant().quota());
        Optional<Quota> quota = key.requestsPerSecond().isEmpty()
                ? Optional.empty()
                : before.filter(old ->
                                old.perSecond() == key.requestsPerSecond().getAsDouble())
                        .or(() -> Optional.of(new Quota(key.requestsPerSecond().getAsDouble(), nanos.getAsLong())));
        return new Grant(key.collections(), key.writes(), key.readFilter(), quota);
    }

    private static List<String> lines(Path place) throws IOException {
        if (!Files.isDirectory(place)) {
            return Files.exists(place) ? lines(Stream.of(place)) : List.of();
        }
        try (Stream<Path> files = Files.list(place)) {
            // Kubernetes keeps what it swaps in names with a leading dot.
            return lines(files.filter(file -> !file.getFileName().toString().startsWith("."))
                    .filter(Files::isRegularFile)
                    .sorted());
        }
    }

    private static List<String> lines(Stream<Path> files) throws IOException {
        List<String> lines = new java.util.ArrayList<>();
        for (Path file : files.toList()) {
            Files.readAllLines(file).stream().filter(line -> !line.isBlank()).forEach(lines::add);
        }
        return lines;
    }
}
