package dev.ragops.runtime.http.access;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.ragops.runtime.http.contract.Contract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** What is in doubt opens nothing, and the log says where and why without giving a key away. */
class ApiKeysTest {
    private static final Contract CONTRACT = Contract.load();

    @TempDir
    Path directory;

    private final AtomicLong nanos = new AtomicLong();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Path file = Path.of("");

    @BeforeEach
    void listen() {
        file = directory.resolve("keys.jsonl");
        log.start();
        ((Logger) LoggerFactory.getLogger(ApiKeys.class)).addAppender(log);
    }

    @AfterEach
    void stopListening() {
        ((Logger) LoggerFactory.getLogger(ApiKeys.class)).detachAppender(log);
    }

    private static ApiKey.Made key() {
        return ApiKey.make("test", List.of(), false, Optional.empty(), OptionalDouble.empty());
    }

    private ApiKeys keys(String... lines) throws IOException {
        Files.write(file, List.of(lines));
        return new ApiKeys(Optional.of(file), CONTRACT, nanos::get);
    }

    private void pass(int seconds) {
        nanos.addAndGet(seconds * 1_000_000_000L + 1);
    }

    /** Others may log at the same time, about other places. */
    private List<String> said() {
        return List.copyOf(log.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(message -> message.contains(directory.toString()))
                .toList();
    }

    @Nested
    class A_line {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "\"colections\":[\"shop\"]|colections is unknown",
                    "\"collections\":\"shop\"|collections must be a list",
                    "\"collections\":[]|collections must be a list of at least 1",
                    "\"collections\":null|collections must be a list",
                    "\"collections\":[7]|collections[0] must be text",
                    "\"collections\":[\"a b\"]|collections[0] must consist of letters",
                    "\"collections\":[\"\"]|collections[0] must not be empty",
                    "\"filter\":null|filter must be a JSON object",
                    "\"filter\":{}|filter.type",
                    "\"filter\":{\"type\":\"eq\",\"key\":\"tenant\"}|filter.value is missing",
                    "\"filter\":{\"type\":\"eq\",\"key\":\"tenant\",\"value\":\"a\",\"x\":1}|filter.x is unknown",
                    "\"write\":\"no\"|write must be true or false",
                    "\"write\":null|write must be true or false",
                    "\"write\":true,\"filter\":{\"type\":\"eq\",\"key\":\"tenant\",\"value\":\"a\"}|has a filter and write",
                    "\"write\":true,\"write\":false|is not JSON that says everything once",
                    "\"requestsPerSecond\":\"1\"|requestsPerSecond must be a number",
                    "\"requestsPerSecond\":0|requestsPerSecond must be a number above 0",
                    "\"requestsPerSecond\":-1|requestsPerSecond must be a number from 0",
                    "\"requestsPerSecond\":null|requestsPerSecond must be a number",
                    "\"name\":7|name must be text",
                })
        void that_says_anything_else_than_it_may_opens_nothing(String fields, String why) throws Exception {
            ApiKey.Made sound = key();
            ApiKey.Made broken = key();
            String hash = broken.entry().line().replaceAll(".*\"sha256\":\"(\\w+)\".*", "$1");
            ApiKeys keys = keys(
                    sound.entry().line(),
                    "",
                    "{\"id\":\"" + broken.entry().id() + "\",\"sha256\":\"" + hash + "\"," + fields + "}");

            assertThat(keys.grant(broken.key())).isEmpty();
            assertThat(keys.grant(sound.key())).isPresent();
            assertThat(said())
                    .singleElement()
                    .asString()
                    .contains("line 3 of " + file)
                    .contains(why)
                    .doesNotContain(hash);
        }

        @Test
        void that_says_only_what_it_must_reads_everything() throws Exception {
            ApiKey.Made made = key();
            String hash = made.entry().line().replaceAll(".*\"sha256\":\"(\\w+)\".*", "$1");

            Grant grant = keys("{\"id\":\"" + made.entry().id() + "\",\"sha256\":\"" + hash + "\"}")
                    .grant(made.key())
                    .orElseThrow();

            assertThat(grant).isEqualTo(new Grant(List.of(), false, Optional.empty(), Optional.empty()));
            assertThat(said()).isEmpty();
        }

        @Test
        void whose_id_stands_in_two_opens_nothing_for_who_knows_which_is_meant() throws Exception {
            ApiKey.Made made = key();
            ApiKeys keys = keys(made.entry().line(), made.entry().line().replace("\"write\":false", "\"write\":true"));

            assertThat(keys.grant(made.key())).isEmpty();
            assertThat(said()).hasSize(2).allMatch(message -> message.contains("id is in another line, too"));
        }

        @Test
        void into_which_a_key_was_pasted_does_not_carry_it_into_the_log() throws Exception {
            ApiKey.Made made = key();
            String line = made.entry().line();

            keys(
                    line.replace("{", "{\"" + made.key() + "\":true,"),
                    made.key(),
                    line.replace(made.entry().id(), made.key()));

            assertThat(said()).hasSize(3).noneMatch(message -> message.contains(made.key()));
        }
    }

    @Nested
    class A_place_that_cannot_be_read {
        private final byte[] notUtf8 = {'{', (byte) 0xff, '}', '\n'};

        @Test
        void keeps_what_it_held_for_half_a_minute_and_then_lets_nobody_in() throws Exception {
            ApiKey.Made made = key();
            ApiKeys keys = keys(made.entry().line());
            Files.write(file, notUtf8);

            pass(3);
            assertThat(keys.grant(made.key())).isPresent();
            pass(3);
            assertThat(keys.grant(made.key())).isPresent();
            assertThat(said()).as("said once").singleElement().asString().contains("cannot be read");
            pass(30);
            assertThat(keys.grant(made.key())).isEmpty();
            assertThat(keys.wanted()).isTrue();
            assertThat(said()).last().asString().contains("nobody gets in");

            Files.writeString(file, made.entry().line());
            pass(3);
            assertThat(keys.grant(made.key())).isPresent();
        }

        @Test
        void counts_anew_each_time() throws Exception {
            ApiKey.Made made = key();
            ApiKeys keys = keys(made.entry().line());
            for (int i = 0; i < 3; i++) {
                Files.write(file, notUtf8);
                pass(3);
                assertThat(keys.grant(made.key())).isPresent();
                Files.writeString(file, made.entry().line());
                pass(28);
                assertThat(keys.grant(made.key())).isPresent();
            }
        }

        @Test
        void is_no_open_door_though_it_was_one() throws Exception {
            ApiKeys keys = keys("open");
            assertThat(keys.wanted()).isFalse();
            Files.write(file, notUtf8);

            pass(3);
            assertThat(keys.wanted()).isFalse();
            pass(30);
            assertThat(keys.wanted()).isTrue();
        }

        @Test
        void from_the_start_lets_nobody_in() throws Exception {
            ApiKey.Made made = key();
            Files.write(file, notUtf8);
            ApiKeys keys = new ApiKeys(Optional.of(file), CONTRACT, nanos::get);

            assertThat(keys.wanted()).isTrue();
            assertThat(keys.grant(made.key())).isEmpty();
            assertThat(said()).singleElement().asString().contains("cannot be read");
        }
    }
}
