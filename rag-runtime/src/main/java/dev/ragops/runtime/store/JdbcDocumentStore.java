package dev.ragops.runtime.store;

import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.store.WriteResult.Outcome;
import dev.ragops.runtime.store.WriteResult.Status;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The store on a relational database.
 *
 * <p>A write first puts its rows down with sequence 0, invisible to others until it commits, then raises the one counter row of the
 * store and numbers its rows with it. The counter row is the lock that makes commit order and sequence order the same, without gaps;
 * nothing slow happens while it is held.
 */
final class JdbcDocumentStore implements DocumentStore {
    private static final int HASHES_A_QUERY = 200;

    private final Connections connections;
    private final Dialect dialect;
    private final String store;

    JdbcDocumentStore(Connections connections, Dialect dialect, String store) {
        this.connections = connections;
        this.dialect = dialect;
        this.store = store;
        connections.write(connection -> {
            Migrations.run(connection, dialect);
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO ragops_store (store, epoch, sequence, compacted_through) VALUES (?, ?, 0, 0) ON CONFLICT DO NOTHING")) {
                insert.setString(1, store);
                insert.setString(2, UUID.randomUUID().toString());
                insert.executeUpdate();
            }
            return true;
        });
    }

    @Override
    public String kind() {
        return dialect.kind;
    }

    @Override
    public Head head() {
        return connections.read(this::head);
    }

    private Head head(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT epoch, sequence, compacted_through FROM ragops_store WHERE store = ?")) {
            select.setString(1, store);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new StoreException("the store '" + store + "' is gone from the database");
                }
                return new Head(row.getString(1), row.getLong(2), row.getLong(3));
            }
        }
    }

    @Override
    public WriteResult upsert(String collection, List<SourceDocument> documents) {
        // The last of several with one id counts. One order of locking for all writers, so that none waits for another
        // in a circle.
        Map<String, SourceDocument> byId = new HashMap<>();
        documents.forEach(document -> byId.put(document.id(), document));
        List<SourceDocument> ordered = byId.values().stream()
                .sorted(Comparator.comparing(SourceDocument::id))
                .toList();
        return connections.write(connection -> {
            Map<String, Status> statuses = new HashMap<>();
            boolean changed = false;
            try (PreparedStatement put = connection.prepareStatement("INSERT INTO ragops_document"
                    + " (store, collection, id, sequence, content_hash, deleted, title, body, metadata) VALUES (?, ?, ?, 0, ?, 0, ?, ?, ?)"
                    + " ON CONFLICT (store, collection, id) DO UPDATE SET sequence = 0, content_hash = excluded.content_hash, deleted = 0,"
                    + " title = excluded.title, body = excluded.body, metadata = excluded.metadata")) {
                for (SourceDocument document : ordered) {
                    String hash = Contents.hash(document);
                    Status status = statusOf(connection, collection, document.id(), hash);
                    statuses.put(document.id(), status);
                    if (status == Status.UNCHANGED) {
                        continue;
                    }
                    changed = true;
                    put.setString(1, store);
                    put.setString(2, collection);
                    put.setString(3, document.id());
                    put.setString(4, hash);
                    put.setString(5, document.title());
                    put.setString(6, document.text());
                    put.setString(7, Contents.metadata(document.metadata()));
                    put.addBatch();
                }
                if (changed) {
                    put.executeBatch();
                }
            }
            long sequence = changed ? number(connection) : head(connection).sequence();
            return new WriteResult(
                    sequence,
                    documents.stream()
                            .map(SourceDocument::id)
                            .map(id -> new Outcome(id, statuses.getOrDefault(id, Status.UNCHANGED)))
                            .toList());
        });
    }

    private Status statusOf(Connection connection, String collection, String id, String hash) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT content_hash, deleted FROM ragops_document WHERE store = ? AND collection = ? AND id = ?"
                        + dialect.forUpdate)) {
            select.setString(1, store);
            select.setString(2, collection);
            select.setString(3, id);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next() || row.getInt(2) != 0) {
                    return Status.CREATED;
                }
                return row.getString(1).equals(hash) ? Status.UNCHANGED : Status.UPDATED;
            }
        }
    }

    /** Raises the counter and gives its number to the rows of this transaction. */
    private long number(Connection connection) throws SQLException {
        long sequence;
        try (PreparedStatement raise = connection.prepareStatement(
                "UPDATE ragops_store SET sequence = sequence + 1 WHERE store = ? RETURNING sequence")) {
            raise.setString(1, store);
            try (ResultSet row = raise.executeQuery()) {
                if (!row.next()) {
                    throw new StoreException("the store '" + store + "' is gone from the database");
                }
                sequence = row.getLong(1);
            }
        }
        try (PreparedStatement number = connection.prepareStatement(
                "UPDATE ragops_document SET sequence = ? WHERE store = ? AND sequence = 0")) {
            number.setLong(1, sequence);
            number.setString(2, store);
            number.executeUpdate();
        }
        return sequence;
    }

    @Override
    public WriteResult delete(String collection, String id) {
        return connections.write(connection -> {
            // A tombstone is kept for an id we never saw, too: the bundle may ship a document of that id.
            boolean absent;
            try (PreparedStatement select = connection.prepareStatement(
                    "SELECT deleted FROM ragops_document WHERE store = ? AND collection = ? AND id = ?"
                            + dialect.forUpdate)) {
                select.setString(1, store);
                select.setString(2, collection);
                select.setString(3, id);
                try (ResultSet row = select.executeQuery()) {
                    absent = row.next() && row.getInt(1) != 0;
                }
            }
            if (absent) {
                return new WriteResult(head(connection).sequence(), List.of(new Outcome(id, Status.ABSENT)));
            }
            try (PreparedStatement put = connection.prepareStatement("INSERT INTO ragops_document"
                    + " (store, collection, id, sequence, content_hash, deleted, title, body, metadata) VALUES (?, ?, ?, 0, '', 1, '', '', '{}')"
                    + " ON CONFLICT (store, collection, id) DO UPDATE SET sequence = 0, content_hash = '', deleted = 1, title = '', body = '',"
                    + " metadata = '{}'")) {
                put.setString(1, store);
                put.setString(2, collection);
                put.setString(3, id);
                put.executeUpdate();
            }
            return new WriteResult(number(connection), List.of(new Outcome(id, Status.DELETED)));
        });
    }

    @Override
    public Optional<StoredDocument> get(String collection, String id) {
        return connections.read(connection -> {
            try (PreparedStatement select =
                    connection.prepareStatement("SELECT collection, id, title, body, metadata, sequence, deleted"
                            + " FROM ragops_document WHERE store = ? AND collection = ? AND id = ?")) {
                select.setString(1, store);
                select.setString(2, collection);
                select.setString(3, id);
                try (ResultSet row = select.executeQuery()) {
                    return row.next() ? Optional.of(document(row)) : Optional.empty();
                }
            }
        });
    }

    @Override
    public Changes changesAfter(long sequence, int limit) {
        return connections.read(connection -> {
            Head head = head(connection);
            if (head.sequence() <= sequence) {
                return new Changes(sequence, List.of());
            }
            // The page ends with the write that its last row belongs to.
            long through = head.sequence();
            try (PreparedStatement select = connection.prepareStatement("SELECT sequence FROM ragops_document"
                    + " WHERE store = ? AND sequence > ? ORDER BY sequence LIMIT 1 OFFSET ?")) {
                select.setString(1, store);
                select.setLong(2, sequence);
                select.setInt(3, limit - 1);
                try (ResultSet row = select.executeQuery()) {
                    if (row.next()) {
                        through = Math.min(through, row.getLong(1));
                    }
                }
            }
            List<StoredDocument> documents = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement(
                    "SELECT collection, id, title, body, metadata, sequence, deleted"
                            + " FROM ragops_document WHERE store = ? AND sequence > ? AND sequence <= ? ORDER BY sequence, collection, id")) {
                select.setString(1, store);
                select.setLong(2, sequence);
                select.setLong(3, through);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        documents.add(document(row));
                    }
                }
            }
            return new Changes(through, documents);
        });
    }

    private static StoredDocument document(ResultSet row) throws SQLException {
        return new StoredDocument(
                row.getString(1),
                new SourceDocument(
                        row.getString(2), row.getString(3), row.getString(4), Contents.metadata(row.getString(5))),
                row.getLong(6),
                row.getInt(7) != 0);
    }

    @Override
    public Map<String, float[]> vectors(String fingerprint, Collection<String> inputHashes) {
        List<String> wanted = List.copyOf(Set.copyOf(inputHashes));
        Map<String, float[]> found = new HashMap<>();
        for (int from = 0; from < wanted.size(); from += HASHES_A_QUERY) {
            List<String> some = wanted.subList(from, Math.min(from + HASHES_A_QUERY, wanted.size()));
            String marks = String.join(",", java.util.Collections.nCopies(some.size(), "?"));
            found.putAll(connections.read(connection -> {
                Map<String, float[]> page = new HashMap<>();
                try (PreparedStatement select = connection.prepareStatement(
                        "SELECT input_hash, vector FROM ragops_vector WHERE fingerprint = ? AND input_hash IN (" + marks
                                + ")")) {
                    select.setString(1, fingerprint);
                    for (int i = 0; i < some.size(); i++) {
                        select.setString(i + 2, some.get(i));
                    }
                    try (ResultSet row = select.executeQuery()) {
                        while (row.next()) {
                            page.put(row.getString(1), Contents.vector(row.getBytes(2)));
                        }
                    }
                }
                return page;
            }));
        }
        return found;
    }

    @Override
    public void putVectors(String fingerprint, Map<String, float[]> vectors) {
        if (vectors.isEmpty()) {
            return;
        }
        Set<String> ordered = new java.util.TreeSet<>(new HashSet<>(vectors.keySet()));
        connections.write(connection -> {
            try (PreparedStatement put = connection.prepareStatement(
                    "INSERT INTO ragops_vector (fingerprint, input_hash, vector) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")) {
                for (String hash : ordered) {
                    put.setString(1, fingerprint);
                    put.setString(2, hash);
                    put.setBytes(3, Contents.bytes(java.util.Objects.requireNonNull(vectors.get(hash))));
                    put.addBatch();
                }
                put.executeBatch();
            }
            return true;
        });
    }

    @Override
    public void compact(long through) {
        connections.write(connection -> {
            try (PreparedStatement mark = connection.prepareStatement(
                    "UPDATE ragops_store SET compacted_through = ? WHERE store = ? AND compacted_through < ?")) {
                mark.setLong(1, through);
                mark.setString(2, store);
                mark.setLong(3, through);
                mark.executeUpdate();
            }
            try (PreparedStatement forget = connection.prepareStatement(
                    "DELETE FROM ragops_document WHERE store = ? AND deleted = 1 AND sequence <= ?")) {
                forget.setString(1, store);
                forget.setLong(2, through);
                forget.executeUpdate();
            }
            return true;
        });
    }

    @Override
    public void close() {
        connections.close();
    }
}
