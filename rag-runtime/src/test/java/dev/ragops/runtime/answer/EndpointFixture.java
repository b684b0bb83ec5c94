package dev.ragops.runtime.answer;

import dev.ragops.runtime.config.AnswerConfig;
import dev.ragops.runtime.search.SearchHit;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** An {@link Endpoint}, and what asks it. */
abstract class EndpointFixture {
    static final List<SearchHit> HITS = Hits.of(
            "A rollback is a change of route. It takes two seconds. See https://known.example/page for more.",
            "It rains in the north.");

    @TempDir
    Path directory;

    final Endpoint endpoint = new Endpoint();
    final ConcurrentLinkedQueue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
    final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);

    @AfterEach
    void stop() {
        endpoint.close();
    }

    Answerer answerer() {
        return answerer(Optional.empty());
    }

    /** @param key the file that holds it */
    Answerer answerer(Optional<Path> key) {
        return answerer(new AnswerConfig(
                AnswerConfig.Kind.GENERATED, 2, Optional.empty(), 3000, 64, Optional.of(generator(key))));
    }

    AnswerConfig.Generator generator(Optional<Path> key) {
        return endpoint.generator(key.map(Path::toString), Duration.ofSeconds(2));
    }

    Answerer answerer(AnswerConfig config) {
        Clock clock = ((InstantSource) now::get).withZone(ZoneOffset.UTC);
        return new Answerer(config, text -> text.split("\\s+").length, clock, (outcome, took) -> outcomes.add(outcome));
    }

    Question question(String text) {
        return Hits.question(text, HITS);
    }
}
