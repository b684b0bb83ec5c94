package dev.ragops.runtime.http.access;

import dev.ragops.runtime.http.contract.Contract;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of clients: a file with a line a key, or a folder of such files as a Secret is mounted, read again every few seconds, so that a key comes and goes
 * without a restart. A place that was named and holds no key, or cannot be read, lets nobody in; one that holds nothing but the word {@code open} lets
 * everybody in.
 */
public final class ApiKeys {
    private static final Logger LOG = LoggerFactory.getLogger(ApiKeys.class);
    private static final String OPEN = "open";
    private static final Duration REREAD = Duration.ofSeconds(2);
    /** Longer than it takes anybody to replace a file, and no longer than a key that was withdrawn may go on opening. */
    private static final Duration UNREADABLE_FOR = Duration.ofSeconds(30);

    private final Optional<Path> place;
    private final KeyReader reader;
    private final LongSupplier nanos;
    private volatile Map<String, Entry> known = Map.of();
    private volatile List<KeyFiles.Line> lines = List.of();
    private volatile long lookedAt;
    /** When the place could not be read for the first time since it could. */
    private Optional<Long> unreadableSince = Optional.empty();

    private record Entry(ApiKey key, Grant grant) {}

    /**
     * @param place empty: no key is wanted
     * @param contract what names of collections and filters look like
     */
    public ApiKeys(Optional<Path> place, Contract contract, LongSupplier nanos) {
        this.place = place;
        this.reader = new KeyReader(contract);
        this.nanos = nanos;
        look();
    }

    /** Whether a caller must show a key. */
    public boolean wanted() {
        refresh();
        return place.isPresent() && !isOpen(lines);
    }

    private static boolean isOpen(List<KeyFiles.Line> lines) {
        return lines.size() == 1 && lines.getFirst().text().equals(OPEN);
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
        if (nanos.getAsLong() - lookedAt > REREAD.toNanos()) {
            look();
        }
    }

    private synchronized void look() {
        lookedAt = nanos.getAsLong();
        if (place.isEmpty()) {
            return;
        }
        try {
            take(KeyFiles.lines(place.get()));
            unreadableSince = Optional.empty();
        } catch (IOException e) {
            unreadable(e);
        }
    }

    /** A file may be being replaced right now; what stays unreadable may have lost a key since. */
    private void unreadable(IOException e) {
        if (unreadableSince.isEmpty()) {
            LOG.warn(
                    "the API keys in {} cannot be read ({}); those known count on for {} seconds",
                    place.get(),
                    e,
                    UNREADABLE_FOR.toSeconds());
            unreadableSince = Optional.of(lookedAt);
        }
        if (lookedAt - unreadableSince.get() >= UNREADABLE_FOR.toNanos() && !lines.isEmpty()) {
            LOG.error(
                    "the API keys in {} still cannot be read ({}): nobody gets in until they can",
                    place.get(),
                    e.toString());
            lines = List.of();
            known = Map.of();
        }
    }

    private void take(List<KeyFiles.Line> now) {
        if (now.equals(lines)) {
            return;
        }
        if (isOpen(now)) {
            LOG.info("no API key is wanted");
            lines = now;
            known = Map.of();
            return;
        }
        Map<KeyFiles.Line, ApiKey> read = new LinkedHashMap<>();
        Map<String, Integer> times = new HashMap<>();
        for (KeyFiles.Line line : now) {
            try {
                ApiKey key = reader.read(line.text());
                read.put(line, key);
                times.merge(key.id(), 1, Integer::sum);
            } catch (IllegalArgumentException e) {
                refused(line, String.valueOf(e.getMessage()));
            }
        }
        Map<String, Entry> keys = new HashMap<>();
        read.forEach((line, key) -> {
            if (times.getOrDefault(key.id(), 0) > 1) {
                refused(line, "id is in another line, too");
            } else {
                keys.put(key.id(), new Entry(key, grant(key)));
            }
        });
        LOG.info("{} API keys", keys.size());
        known = Map.copyOf(keys);
        lines = now;
    }

    private static void refused(KeyFiles.Line line, String why) {
        LOG.warn("API key in line {} of {}: {}; it opens nothing", line.number(), line.file(), why);
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
}
