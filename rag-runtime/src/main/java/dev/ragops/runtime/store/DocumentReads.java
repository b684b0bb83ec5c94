package dev.ragops.runtime.store;

import dev.ragops.runtime.bundle.SourceDocument;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The reading half of a store. What must belong together is read by one statement: that is one moment on both databases. */
final class DocumentReads {
    /** Enough for any page of ordinary documents, and small beside the smallest heap. */
    private static final int PAGE_BYTES = 4 << 20;

    private static final String DOCUMENT =
            "d.collection, d.id, d.title, d.body, d.metadata, d.sequence AS document_sequence, d.deleted";
    private static final String LISTED =
            "d.id, d.title, d.metadata, d.sequence AS document_sequence, LENGTH(d.body) AS characters";
    /** Looks ahead over at most a page, ends it where it grows too large, and takes whole writes up to there. */
    private static final String PAGE = "WITH ahead AS ("
            + "SELECT sequence, SUM(OCTET_LENGTH(body)) OVER (ORDER BY sequence) AS bytes FROM ("
            + "SELECT sequence, body FROM ragops_document WHERE store = ? AND sequence > ? ORDER BY sequence LIMIT ?) AS next), "
            + " page AS (SELECT COALESCE((SELECT MIN(sequence) FROM ahead WHERE bytes >= ?), (SELECT MAX(sequence) FROM ahead)) AS through)"
            + " SELECT s.epoch, s.sequence, s.compacted_through, page.through, " + DOCUMENT
            + " FROM ragops_store s CROSS JOIN page LEFT JOIN ragops_document d"
            + " ON d.store = s.store AND d.sequence > ? AND d.sequence <= page.through"
            + " WHERE s.store = ? ORDER BY d.sequence, d.collection, d.id";

    private final Connections connections;
    private final Dialect dialect;
    private final String store;

    DocumentReads(Connections connections, Dialect dialect, String store) {
        this.connections = connections;
        this.dialect = dialect;
        this.store = store;
    }

    Head head() {
        return connections.read(connection -> head(connection, store));
    }

    static Head head(Connection connection, String store) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT epoch, sequence, compacted_through FROM ragops_store WHERE store = ?")) {
            select.setString(1, store);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw gone(store);
                }
                return head(row);
            }
        }
    }

    private static Head head(ResultSet row) throws SQLException {
        return new Head(row.getString("epoch"), row.getLong("sequence"), row.getLong("compacted_through"));
    }

    static StoreException gone(String store) {
        return new StoreException("the store '" + store + "' is gone from the database");
    }

    Optional<StoredDocument> get(String collection, String id) {
        return connections.read(connection -> {
            try (PreparedStatement select = connection.prepareStatement("SELECT " + DOCUMENT
                    + " FROM ragops_document d WHERE d.store = ? AND d.collection = ? AND d.id = ?")) {
                select.setString(1, store);
                select.setString(2, collection);
                select.setString(3, id);
                try (ResultSet row = select.executeQuery()) {
                    return row.next() ? Optional.of(document(row)) : Optional.empty();
                }
            }
        });
    }

    List<ListedDocument> list(String collection, String after, int limit) {
        return connections.read(connection -> {
            List<ListedDocument> documents = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement("SELECT " + LISTED
                    + " FROM ragops_document d WHERE d.store = ? AND d.collection = ? AND d.id > ? AND d.deleted = 0"
                    + " ORDER BY d.id LIMIT ?")) {
                select.setString(1, store);
                select.setString(2, collection);
                select.setString(3, after);
                select.setInt(4, limit);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        documents.add(listed(row));
                    }
                }
            }
            return documents;
        });
    }

    List<Excerpt> excerpts(String collection, Collection<String> ids, int characters) {
        return connections.read(connection -> {
            List<Excerpt> excerpts = new ArrayList<>();
            try (PreparedStatement select =
                    connection.prepareStatement("SELECT " + LISTED + ", SUBSTR(d.body, 1, ?) AS beginning"
                            + " FROM ragops_document d WHERE d.store = ? AND d.collection = ? AND d.deleted = 0"
                            + " AND d.id IN (" + dialect.list + ") ORDER BY d.id")) {
                select.setInt(1, characters);
                select.setString(2, store);
                select.setString(3, collection);
                select.setString(4, Contents.list(ids));
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        excerpts.add(new Excerpt(listed(row), row.getString("beginning")));
                    }
                }
            }
            return excerpts;
        });
    }

    SortedMap<String, Long> collections() {
        return connections.read(connection -> {
            SortedMap<String, Long> counts = new TreeMap<>();
            try (PreparedStatement select = connection.prepareStatement("SELECT collection, COUNT(*) AS documents"
                    + " FROM ragops_document WHERE store = ? AND deleted = 0 GROUP BY collection")) {
                select.setString(1, store);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        counts.put(row.getString("collection"), row.getLong("documents"));
                    }
                }
            }
            return counts;
        });
    }

    Changes changesAfter(long sequence, int limit) {
        return connections.read(connection -> {
            try (PreparedStatement select = connection.prepareStatement(PAGE)) {
                select.setString(1, store);
                select.setLong(2, sequence);
                select.setInt(3, limit);
                select.setInt(4, PAGE_BYTES);
                select.setLong(5, sequence);
                select.setString(6, store);
                try (ResultSet row = select.executeQuery()) {
                    if (!row.next()) {
                        throw gone(store);
                    }
                    return changes(row, sequence);
                }
            }
        });
    }

    /** @param row stands on the first of them */
    private static Changes changes(ResultSet row, long after) throws SQLException {
        Head head = head(row);
        long through = row.getLong("through");
        if (row.wasNull()) {
            // Nothing is left of the writes up to the head: later ones, or a compaction, took their place.
            return new Changes(head, Math.max(after, head.sequence()), List.of());
        }
        List<StoredDocument> documents = new ArrayList<>();
        do {
            documents.add(document(row));
        } while (row.next());
        return new Changes(head, through, documents);
    }

    private static StoredDocument document(ResultSet row) throws SQLException {
        return new StoredDocument(
                row.getString("collection"),
                new SourceDocument(
                        row.getString("id"),
                        row.getString("title"),
                        row.getString("body"),
                        Contents.metadata(row.getString("metadata"))),
                row.getLong("document_sequence"),
                row.getInt("deleted") != 0);
    }

    private static ListedDocument listed(ResultSet row) throws SQLException {
        return new ListedDocument(
                row.getString("id"),
                row.getString("title"),
                Contents.metadata(row.getString("metadata")),
                row.getLong("document_sequence"),
                row.getLong("characters"));
    }
}
