package dev.ragops.runtime.store;

import dev.ragops.runtime.bundle.SourceDocument;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store on a relational database: its parts, and the epoch that tells them all when the database is not the one it was. */
final class JdbcDocumentStore implements DocumentStore {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcDocumentStore.class);

    private final Connections connections;
    private final Dialect dialect;
    private final String store;
    private final ChangeHints hints;
    private final AtomicBoolean reconnected;
    private final DocumentWrites writes;
    private final DocumentReads reads;
    private final VectorCache vectors;
    private final Upkeep upkeep;

    /**
     * @param hints how word of a change comes and goes
     * @param reconnected set by whoever makes a new connection: the database behind it may be another one
     */
    JdbcDocumentStore(
            Connections connections, Dialect dialect, String store, ChangeHints hints, AtomicBoolean reconnected) {
        this.connections = connections;
        this.dialect = dialect;
        this.store = store;
        this.hints = hints;
        this.reconnected = reconnected;
        Leases leases = new Leases(dialect);
        this.writes = new DocumentWrites(connections, dialect, store);
        this.reads = new DocumentReads(connections, dialect, store);
        this.vectors = new VectorCache(connections, dialect, leases);
        this.upkeep = new Upkeep(connections, dialect, leases, vectors, store);
        try {
            connections.write(connection -> {
                Migrations.run(connection, dialect);
                create(connection);
                return true;
            });
            recognise();
        } catch (StoreException e) {
            close();
            throw e;
        }
    }

    private void create(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO ragops_store (store, epoch, sequence, compacted_through) VALUES (?, ?, 0, 0) ON CONFLICT DO NOTHING")) {
            insert.setString(1, store);
            insert.setString(2, UUID.randomUUID().toString());
            insert.executeUpdate();
        }
    }

    /** A store that wakes up in another database than it last ran in was restored there: it gets a new epoch. */
    private void recognise() {
        reconnected.set(false);
        try {
            compareIncarnations();
        } catch (StoreException e) {
            reconnected.set(true);
            throw e;
        }
    }

    private void compareIncarnations() {
        String incarnation = connections.read(dialect::incarnation);
        if (incarnation.isEmpty()) {
            return;
        }
        int renewed = connections.write(connection -> {
            try (PreparedStatement note = connection.prepareStatement(
                    "UPDATE ragops_store SET incarnation = ? WHERE store = ? AND incarnation = ''")) {
                note.setString(1, incarnation);
                note.setString(2, store);
                note.executeUpdate();
            }
            try (PreparedStatement renew = connection.prepareStatement(
                    "UPDATE ragops_store SET epoch = ?, incarnation = ? WHERE store = ? AND incarnation <> ?")) {
                renew.setString(1, UUID.randomUUID().toString());
                renew.setString(2, incarnation);
                renew.setString(3, store);
                renew.setString(4, incarnation);
                return renew.executeUpdate();
            }
        });
        if (renewed > 0) {
            LOG.warn("the document store was restored or failed over: it has a new epoch and every index is rebuilt");
        }
    }

    /** Of all readers that are ahead of the store, the first renews its epoch. */
    private void renewEpoch(String old) {
        LOG.warn("the document store is behind what was read from it, so it was restored: it gets a new epoch");
        connections.write(connection -> {
            try (PreparedStatement renew =
                    connection.prepareStatement("UPDATE ragops_store SET epoch = ? WHERE store = ? AND epoch = ?")) {
                renew.setString(1, UUID.randomUUID().toString());
                renew.setString(2, store);
                renew.setString(3, old);
                return renew.executeUpdate();
            }
        });
    }

    @Override
    public String kind() {
        return dialect.kind;
    }

    @Override
    public Head head() {
        return reads.head();
    }

    @Override
    public WriteResult upsert(String collection, List<SourceDocument> documents) {
        WriteResult result = writes.upsert(collection, documents);
        hints.send(connections);
        return result;
    }

    @Override
    public WriteResult delete(String collection, String id) {
        WriteResult result = writes.delete(collection, id);
        hints.send(connections);
        return result;
    }

    @Override
    public Optional<StoredDocument> get(String collection, String id) {
        return reads.get(collection, id);
    }

    @Override
    public List<ListedDocument> list(String collection, String after, int limit) {
        return reads.list(collection, after, limit);
    }

    @Override
    public List<Excerpt> excerpts(String collection, Collection<String> ids, int characters) {
        return reads.excerpts(collection, ids, characters);
    }

    @Override
    public SortedMap<String, Long> collections() {
        return reads.collections();
    }

    @Override
    public Changes changesAfter(Position position, int limit) {
        if (reconnected.get()) {
            recognise();
        }
        Changes changes = reads.changesAfter(position.sequence(), limit);
        boolean ahead = position.sequence() > changes.head().sequence();
        if (ahead && position.epoch().equals(changes.head().epoch())) {
            renewEpoch(position.epoch());
            return reads.changesAfter(position.sequence(), limit);
        }
        return changes;
    }

    @Override
    public void rememberBundled(String collection, Collection<String> ids) {
        writes.rememberBundled(collection, ids);
    }

    @Override
    public void keepTombstones(String collection, Collection<String> ids) {
        writes.keepTombstones(collection, ids);
    }

    @Override
    public void onChange(Runnable hint) {
        hints.listen(hint);
    }

    @Override
    public VectorCache vectors() {
        return vectors;
    }

    @Override
    public Upkeep upkeep() {
        return upkeep;
    }

    @Override
    public void close() {
        hints.close();
        connections.close();
    }
}
