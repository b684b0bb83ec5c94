package dev.ragops.runtime.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * Vectors by fingerprint and SHA-256 (hex) of the exact model input, so that neither a restart nor a second replica embeds again. They are
 * shared by all stores of a database. What is missing is claimed before it is embedded, by whoever comes first.
 */
public final class VectorCache {
    private static final int HASHES_A_STATEMENT = 500;
    /** A vector in use is marked so at most this often. */
    private static final int TOUCHED_EVERY_DAYS = 7;

    private final Connections connections;
    private final Dialect dialect;
    private final Leases leases;
    private final String today;

    VectorCache(Connections connections, Dialect dialect, Leases leases) {
        this.connections = connections;
        this.dialect = dialect;
        this.leases = leases;
        this.today = dialect.now + " / " + Duration.ofDays(1).toMillis();
    }

    public Map<String, float[]> get(String fingerprint, Collection<String> inputHashes) {
        Map<String, float[]> found = new HashMap<>();
        for (List<String> some : slices(inputHashes)) {
            found.putAll(connections.read(connection -> find(connection, fingerprint, some)));
        }
        return found;
    }

    private Map<String, float[]> find(Connection connection, String fingerprint, Collection<String> hashes)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT input_hash, vector FROM ragops_vector WHERE fingerprint = ? AND input_hash IN (" + dialect.list
                        + ")")) {
            select.setString(1, fingerprint);
            select.setString(2, Contents.list(hashes));
            Map<String, float[]> found = new HashMap<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.put(row.getString(1), Contents.vector(row.getBytes(2)));
                }
            }
            return found;
        }
    }

    /**
     * Asks to be the one who embeds these.
     *
     * @param length after which another may take over
     * @return those that nobody else has claimed, and that nobody has made since the caller looked
     */
    public Set<String> claim(String fingerprint, Collection<String> inputHashes, Duration length) {
        return connections.write(connection -> {
            Set<String> claimed = leases.claim(connection, fingerprint, inputHashes, length);
            // Looked up by a statement of its own: it sees what was made by the one whose claim we waited for.
            Set<String> made = find(connection, fingerprint, claimed).keySet();
            leases.release(connection, fingerprint, made);
            claimed.removeAll(made);
            return claimed;
        });
    }

    /** Keeps vectors and gives up the claims on them. */
    public void put(String fingerprint, Map<String, float[]> vectors) {
        if (vectors.isEmpty()) {
            return;
        }
        // One order for all, so that two who embedded the same do not wait for each other.
        Map<String, byte[]> ordered = new TreeMap<>();
        vectors.forEach((hash, vector) -> ordered.put(hash, Contents.bytes(vector)));
        connections.write(connection -> {
            try (PreparedStatement put = connection.prepareStatement(
                    "INSERT INTO ragops_vector (fingerprint, input_hash, vector, used_day) VALUES (?, ?, ?, " + today
                            + ") ON CONFLICT DO NOTHING")) {
                for (Map.Entry<String, byte[]> vector : ordered.entrySet()) {
                    put.setString(1, fingerprint);
                    put.setString(2, vector.getKey());
                    put.setBytes(3, Objects.requireNonNull(vector.getValue()));
                    put.addBatch();
                }
                put.executeBatch();
            }
            leases.release(connection, fingerprint, ordered.keySet());
            return true;
        });
    }

    /** Says that these are in use, so that they are not forgotten. */
    public void touch(String fingerprint, Collection<String> inputHashes) {
        for (List<String> some : slices(inputHashes)) {
            connections.write(connection -> {
                try (PreparedStatement touch = connection.prepareStatement("UPDATE ragops_vector SET used_day = "
                        + today + " WHERE fingerprint = ? AND used_day <= " + today + " - " + TOUCHED_EVERY_DAYS
                        + " AND input_hash IN (" + dialect.list + ")")) {
                    touch.setString(1, fingerprint);
                    touch.setString(2, Contents.list(some));
                    return touch.executeUpdate();
                }
            });
        }
    }

    /** Drops what no runtime has used for so long: vectors of old embedders, and of texts that are gone. */
    void forgetUnused(Duration unused) {
        connections.write(connection -> {
            // Written by the version before, which knows no such day.
            try (PreparedStatement date = connection.prepareStatement(
                    "UPDATE ragops_vector SET used_day = " + today + " WHERE used_day IS NULL")) {
                date.executeUpdate();
            }
            try (PreparedStatement forget =
                    connection.prepareStatement("DELETE FROM ragops_vector WHERE used_day <= " + today + " - ?")) {
                forget.setLong(1, unused.toDays());
                return forget.executeUpdate();
            }
        });
    }

    private static List<List<String>> slices(Collection<String> hashes) {
        List<String> all = List.copyOf(Set.copyOf(hashes));
        List<List<String>> slices = new ArrayList<>();
        for (int from = 0; from < all.size(); from += HASHES_A_STATEMENT) {
            slices.add(all.subList(from, Math.min(from + HASHES_A_STATEMENT, all.size())));
        }
        return slices;
    }
}
