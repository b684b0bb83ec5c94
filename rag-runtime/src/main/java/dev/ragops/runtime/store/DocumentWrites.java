package dev.ragops.runtime.store;

import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.store.WriteResult.Outcome;
import dev.ragops.runtime.store.WriteResult.Status;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The writing half of a store.
 *
 * <p>A write first puts its rows down with sequence 0, invisible to others until it commits; its last statement raises the one counter row of the
 * store and numbers the rows with it. The counter row is the lock that makes commit order and sequence order the same, without gaps;
 * nothing slow happens while it is held, and what can be computed is computed before the transaction begins.
 */
final class DocumentWrites {
    private static final String PUT = "INSERT INTO ragops_document"
            + " (store, collection, id, sequence, content_hash, deleted, title, body, metadata) VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (store, collection, id) DO UPDATE SET sequence = 0, content_hash = excluded.content_hash,"
            + " deleted = excluded.deleted, title = excluded.title, body = excluded.body, metadata = excluded.metadata";

    private final Connections connections;
    private final Dialect dialect;
    private final String store;

    DocumentWrites(Connections connections, Dialect dialect, String store) {
        this.connections = connections;
        this.dialect = dialect;
        this.store = store;
    }

    private record Row(String hash, String title, String text, String metadata, boolean deleted) {
        static final Row TOMBSTONE = new Row("", "", "", "{}", true);

        static Row of(SourceDocument document) {
            String metadata = Contents.metadata(document.metadata());
            return new Row(Contents.hash(document), document.title(), document.text(), metadata, false);
        }
    }

    WriteResult upsert(String collection, List<SourceDocument> documents) {
        // The last of several with one id counts. One order of locking for all writers, so that they seldom meet in a
        // circle.
        SortedMap<String, Row> rows = new TreeMap<>();
        documents.forEach(document -> rows.put(document.id(), Row.of(document)));
        return connections.write(connection -> {
            Map<String, Row> before = stored(connection, collection, rows.keySet());
            Map<String, Status> statuses = new HashMap<>();
            SortedMap<String, Row> changed = new TreeMap<>();
            rows.forEach((id, row) -> {
                Status status = status(before.getOrDefault(id, Row.TOMBSTONE), row);
                statuses.put(id, status);
                if (status != Status.UNCHANGED) {
                    changed.put(id, row);
                }
            });
            return new WriteResult(
                    put(connection, collection, changed),
                    documents.stream()
                            .map(document ->
                                    new Outcome(document.id(), statuses.getOrDefault(document.id(), Status.UNCHANGED)))
                            .toList());
        });
    }

    private static Status status(Row before, Row now) {
        if (before.deleted()) {
            return Status.CREATED;
        }
        return before.hash().equals(now.hash()) ? Status.UNCHANGED : Status.UPDATED;
    }

    /** A tombstone is put down for an id we never saw, too: the bundle may ship a document of that id. */
    WriteResult delete(String collection, String id) {
        return connections.write(connection -> {
            Row before = stored(connection, collection, List.of(id)).get(id);
            if (before != null && before.deleted()) {
                return new WriteResult(
                        put(connection, collection, new TreeMap<>()), List.of(new Outcome(id, Status.ABSENT)));
            }
            SortedMap<String, Row> tombstone = new TreeMap<>(Map.of(id, Row.TOMBSTONE));
            return new WriteResult(put(connection, collection, tombstone), List.of(new Outcome(id, Status.DELETED)));
        });
    }

    /** What is there of these ids, locked until the end of the transaction; hashes only. */
    private Map<String, Row> stored(Connection connection, String collection, Collection<String> ids)
            throws SQLException {
        Map<String, Row> stored = new HashMap<>();
        try (PreparedStatement select =
                connection.prepareStatement("SELECT id, content_hash, deleted FROM ragops_document"
                        + " WHERE store = ? AND collection = ? AND id IN (" + dialect.list + ") ORDER BY id"
                        + dialect.forUpdate)) {
            select.setString(1, store);
            select.setString(2, collection);
            select.setString(3, Contents.list(ids));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    stored.put(row.getString(1), new Row(row.getString(2), "", "", "", row.getInt(3) != 0));
                }
            }
        }
        return stored;
    }

    /** @return the sequence that shows the rows; that of the head when there are none */
    private long put(Connection connection, String collection, SortedMap<String, Row> rows) throws SQLException {
        if (rows.isEmpty()) {
            return DocumentReads.head(connection, store).sequence();
        }
        try (PreparedStatement put = connection.prepareStatement(PUT)) {
            for (Map.Entry<String, Row> entry : rows.entrySet()) {
                Row row = entry.getValue();
                put.setString(1, store);
                put.setString(2, collection);
                put.setString(3, entry.getKey());
                put.setString(4, row.hash());
                put.setInt(5, row.deleted() ? 1 : 0);
                put.setString(6, row.title());
                put.setString(7, row.text());
                put.setString(8, row.metadata());
                put.addBatch();
            }
            put.executeBatch();
        }
        return dialect.number(connection, store, collection, rows.keySet())
                .orElseThrow(() -> DocumentReads.gone(store));
    }

    void rememberBundled(String collection, Collection<String> ids) {
        if (ids.isEmpty()) {
            return;
        }
        connections.write(connection -> {
            try (PreparedStatement remember = connection.prepareStatement(
                    "INSERT INTO ragops_bundled (store, collection, id) SELECT ?, ?, value FROM (" + dialect.list
                            + ") AS shipped WHERE true ORDER BY value ON CONFLICT DO NOTHING")) {
                remember.setString(1, store);
                remember.setString(2, collection);
                remember.setString(3, Contents.list(ids));
                return remember.executeUpdate();
            }
        });
    }

    void keepTombstones(String collection, Collection<String> ids) {
        connections.write(connection -> {
            try (PreparedStatement keep = connection.prepareStatement("UPDATE ragops_document SET kept = 1"
                    + " WHERE store = ? AND collection = ? AND deleted = 1 AND kept = 0 AND id IN (" + dialect.list
                    + ")")) {
                keep.setString(1, store);
                keep.setString(2, collection);
                keep.setString(3, Contents.list(ids));
                return keep.executeUpdate();
            }
        });
    }
}
