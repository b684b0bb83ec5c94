package dev.ragops.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DurationsTest {
    @Test
    void add_up_their_parts() {
        assertThat(Durations.parse("1h30m5s250ms"))
                .isEqualTo(Duration.ofMinutes(90).plusSeconds(5).plusMillis(250));
        assertThat(Durations.parse(null, Duration.ofSeconds(3))).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void of_any_length_the_schema_allows_can_be_counted_from_now() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        assertThat(now.plus(Durations.parse("999999999999999h"))).isAfter(now);
        assertThat(now.plus(Durations.parse("999999999999999s"))).isAfter(now);
    }

    @Test
    void are_written_as_they_are_read() {
        for (String text : List.of("0s", "6s", "500ms", "30m", "1h30m5s250ms", "48h")) {
            assertThat(Durations.text(Durations.parse(text))).isEqualTo(text);
        }
        assertThat(Durations.text(Duration.ofSeconds(90))).isEqualTo("1m30s");
    }

    @Test
    void are_refused_where_they_are_none() {
        assertThatThrownBy(() -> Durations.parse("soon")).hasMessageContaining("soon");
    }
}
