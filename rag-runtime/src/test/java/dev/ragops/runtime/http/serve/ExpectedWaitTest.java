package dev.ragops.runtime.http.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpectedWaitTest {
    private static final long MILLI = 1_000_000;
    private static final long LONGEST = 500;

    /** What became of a crowd, in milliseconds of a made-up clock. */
    private record Outcome(int answered, int shed, long longestWait, long busy, long until) {}

    @ParameterizedTest
    @CsvSource({"1, 40", "2, 40", "2, 1", "4, 13", "16, 300"})
    void whoever_is_let_in_waits_no_longer_than_promised_and_one_request_however_many_come(int threads, long took) {
        for (double load : new double[] {0.5, 0.9, 1.1, 2, 10, 100}) {
            Outcome outcome = crowd(threads, took, took, load, 5_000);

            assertThat(outcome.longestWait()).as("load %s", load).isLessThanOrEqualTo(LONGEST + took);
            if (load < 1) {
                assertThat(outcome.shed()).as("load %s", load).isZero();
            }
            if (load > 1.5) {
                // As much is answered as threads can do: shedding costs those who are let in nothing.
                assertThat(outcome.shed()).as("load %s", load).isPositive();
                assertThat(outcome.busy()).as("load %s", load).isGreaterThan(outcome.until() * threads * 98 / 100);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 20, 60", "2, 60, 20", "1, 5, 50"})
    void a_change_of_what_requests_take_is_followed(int threads, long before, long after) {
        Outcome outcome = crowd(threads, before, after, 3, 6_000);

        assertThat(outcome.longestWait())
                .isLessThanOrEqualTo(LONGEST * Math.max(1, after / before) + Math.max(before, after));
        assertThat(outcome.answered()).isGreaterThan(1_000);
    }

    @Test
    void a_crowd_that_comes_before_anything_was_measured_is_not_let_in_whole() {
        ExpectedWait wait = new ExpectedWait(2);

        assertThat(wait.nanos(0, 1)).isZero();
        assertThat(wait.nanos(100, 2)).isGreaterThan(LONGEST * MILLI);
    }

    @Test
    void a_request_in_progress_counts_as_what_is_usually_left_of_it() {
        ExpectedWait one = usual(1, 300);
        assertThat(one.nanos(0, 1)).isCloseTo(150 * MILLI, within(MILLI));
        assertThat(one.nanos(1, 1)).isCloseTo(450 * MILLI, within(MILLI));

        ExpectedWait two = usual(2, 300);
        assertThat(two.nanos(0, 1)).isZero();
        assertThat(two.nanos(0, 2)).isCloseTo(100 * MILLI, within(MILLI));
        assertThat(two.nanos(1, 2)).isCloseTo(250 * MILLI, within(MILLI));
    }

    private static ExpectedWait usual(int threads, long took) {
        ExpectedWait wait = new ExpectedWait(threads);
        // The rehearsal before the first request does the same; so many, because a smoothed value nears its goal by
        // eighths.
        for (int i = 0; i < 300; i++) {
            wait.took(took * MILLI);
        }
        return wait;
    }

    /**
     * @param load how much comes, in shares of what the threads can do
     */
    private static Outcome crowd(int threads, long before, long after, double load, int requests) {
        ExpectedWait wait = usual(threads, before);
        Random random = new Random(3);
        Deque<Long> waiting = new ArrayDeque<>();
        PriorityQueue<Long> busyUntil = new PriorityQueue<>();
        long longest = 0;
        long busy = 0;
        int answered = 0;
        int shed = 0;
        double arrival = 0;
        for (int i = 0; i < requests; i++) {
            long takes = i < requests / 2 ? before : after;
            // Evenly spaced below capacity, so that none must wait; in bursts above it.
            arrival += takes / (load * threads) * (load < 1 ? 1 : 2 * random.nextDouble());
            long now = (long) arrival;
            while (!busyUntil.isEmpty() && busyUntil.peek() <= now) {
                long free = busyUntil.remove();
                wait.took(takes * MILLI);
                answered++;
                if (!waiting.isEmpty()) {
                    longest = Math.max(longest, free - waiting.remove());
                    busyUntil.add(free + takes);
                    busy += takes;
                }
            }
            if (wait.nanos(waiting.size(), busyUntil.size()) > LONGEST * MILLI) {
                shed++;
            } else if (busyUntil.size() < threads) {
                busyUntil.add(now + takes);
                busy += takes;
            } else {
                waiting.add(now);
            }
        }
        return new Outcome(answered, shed, longest, busy, (long) arrival);
    }
}
