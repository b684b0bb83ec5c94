package dev.ragops.runtime.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The promises of a store, kept by a real PostgreSQL, and what only a server can do. */
class PostgresStoreTest extends DocumentStoreTest {
    private final TestPostgres server = TestPostgres.shared();
    private final String database = server.newDatabase();

    @Override
    DocumentStore open(String name) {
        return Stores.postgres(() -> server.url(database), name);
    }

    @Override
    void sql(String... statements) throws SQLException {
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Nested
    class A_change {
        @Test
        void is_announced_to_other_processes_of_the_same_store() {
            AtomicInteger hints = new AtomicInteger();
            store.onChange(hints::incrementAndGet);
            // One comes when listening begins: what was written before is not announced again.
            await().atMost(Duration.ofSeconds(10)).untilAtomic(hints, org.hamcrest.Matchers.is(1));

            try (DocumentStore other = open("default/other");
                    DocumentStore same = open("default/support")) {
                other.upsert("default", List.of(document("a", "one")));
                same.upsert("default", List.of(document("a", "one")));
                await().atMost(Duration.ofSeconds(10)).untilAtomic(hints, org.hamcrest.Matchers.is(2));
            }
        }
    }

    @Nested
    class A_database_that_was_restored_elsewhere {
        @Test
        void has_a_new_epoch_from_then_on() throws SQLException {
            String before = store.head().epoch();
            store.close();
            sql("UPDATE ragops_store SET incarnation = '1234/00000001'");

            store = open("default/support");

            String after = store.head().epoch();
            assertThat(after).isNotEqualTo(before);
            store.close();
            store = open("default/support");
            assertThat(store.head().epoch()).isEqualTo(after);
        }
    }

    @Nested
    class A_server_that_would_acknowledge_before_the_disk_has_it {
        @Test
        void is_overruled() throws SQLException {
            sql("ALTER DATABASE " + database + " SET synchronous_commit = off");

            try (Connection connection = new PostgresAddress(() -> server.url(database), () -> {}).getConnection();
                    Statement statement = connection.createStatement();
                    var row = statement.executeQuery("SHOW synchronous_commit")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getString(1)).isEqualTo("on");
            }
        }
    }

    @Nested
    class An_address {
        @Test
        void that_changes_is_followed_without_a_restart() throws SQLException {
            String second = server.newDatabase();
            AtomicReference<String> url = new AtomicReference<>(server.url(database));
            PostgresAddress address = new PostgresAddress(url::get, () -> {});
            url.set(server.url(second));

            try (Connection connection = address.getConnection()) {
                assertThat(connection.getCatalog()).isEqualTo(second);
            }
        }

        @Test
        void that_is_none_is_refused_with_the_form_it_should_have() {
            assertThatThrownBy(() -> Stores.postgres(() -> "jdbc:mysql://x", "s"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("postgres://user:password@host:port/database");
            assertThatThrownBy(() -> Stores.postgres(() -> "not a url at all", "s"))
                    .isInstanceOf(StoreException.class);
        }

        @Test
        void where_nobody_answers_says_so_and_shows_no_password() {
            assertThatThrownBy(() -> Stores.postgres(() -> "postgres://user:geheim@127.0.0.1:1/db", "s"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("does not answer")
                    .hasMessageNotContaining("geheim");
        }
    }
}
