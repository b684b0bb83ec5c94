package dev.ragops.runtime.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** NOTIFY and LISTEN. The listener has a connection of its own, and whatever happens to it is made up for by polling. */
final class PostgresHints implements ChangeHints {
    private static final String CHANNEL = "ragops";
    private static final Duration WAIT = Duration.ofSeconds(10);

    private final DataSource source;
    private final String store;
    private volatile boolean closed;
    private volatile Thread listener = Thread.ofVirtual().unstarted(() -> {});

    PostgresHints(DataSource source, String store) {
        this.source = source;
        this.store = store;
    }

    @Override
    public void send(Connections connections) {
        try {
            connections.read(connection -> {
                try (PreparedStatement notify = connection.prepareStatement("SELECT pg_notify(?, ?)")) {
                    notify.setString(1, CHANNEL);
                    notify.setString(2, store);
                    return notify.execute();
                }
            });
        } catch (StoreException e) {
            // The write is committed; readers see it at their next poll.
        }
    }

    @Override
    public void listen(Runnable hint) {
        listener = Thread.ofPlatform().name("store-hints").daemon().start(() -> run(hint));
    }

    private void run(Runnable hint) {
        while (!closed) {
            try (Connection connection = source.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("LISTEN " + CHANNEL);
                hint.run();
                while (!closed) {
                    PGNotification[] received =
                            connection.unwrap(PGConnection.class).getNotifications((int) WAIT.toMillis());
                    // A connection that died quietly is found out by asking it something.
                    statement.execute("SELECT 1");
                    for (PGNotification notification : received == null ? new PGNotification[0] : received) {
                        if (store.equals(notification.getParameter())) {
                            hint.run();
                        }
                    }
                }
            } catch (SQLException e) {
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    @Override
    public void close() {
        closed = true;
        listener.interrupt();
    }
}
