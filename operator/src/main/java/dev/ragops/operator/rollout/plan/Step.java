package dev.ragops.operator.rollout.plan;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One stage of a rollout: who meets the candidate, and what must have been seen before the next stage. */
public sealed interface Step {
    String name();

    /** How long the step runs at least, from the moment every gateway applied it. */
    Duration duration();

    /** How many events of the candidate the judge must have seen, or 0 where no evidence is asked for. */
    long minSamples();

    /** Requests are mirrored to the candidate; users keep stable's answer. */
    record Shadow(String name, Share share, Duration duration, long minSamples) implements Step {}

    /** A fixed group meets the candidate: a share of the buckets and everyone who asks by header. */
    record Ab(String name, Share share, List<HeaderMatch> matches, Duration duration, long minSamples) implements Step {
        public Ab {
            matches = List.copyOf(matches);
        }
    }

    /** A growing share of the users meets the candidate. */
    record Canary(String name, Share share, List<HeaderMatch> matches, Duration duration, long minSamples)
            implements Step {
        public Canary {
            matches = List.copyOf(matches);
        }
    }

    /** Waits for a person, or for a time if one is given; who meets the candidate stays as it was. */
    record Pause(String name, Optional<Duration> limit) implements Step {
        @Override
        public Duration duration() {
            return limit.orElse(Duration.ZERO);
        }

        @Override
        public long minSamples() {
            return 0;
        }
    }

    /** Judges what the candidate has shown so far, without changing who meets it. */
    record Evaluate(String name, Duration duration, long minSamples) implements Step {}
}
