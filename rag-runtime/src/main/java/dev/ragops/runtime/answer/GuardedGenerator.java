package dev.ragops.runtime.answer;

import dev.ragops.runtime.trace.Trace;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a generator in trouble from being asked more than it can bear: tries again once where that may help and the {@link RetryBudget} allows, leaves it alone
 * for as long as it asks, and stops asking when half of the last calls failed.
 */
final class GuardedGenerator {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedGenerator.class);
    private static final int LAST_CALLS = 10;
    private static final int LEAST_CALLS = 5;
    private static final Duration REST = Duration.ofSeconds(20);
    private static final Duration LONGEST_REST = Duration.ofMinutes(1);
    private static final int PAUSE_MILLIS = 200;

    /**
     * Of the endpoint's time-out, what a caller must leave for silence to speak against the endpoint. What a gateway leaves of the default 20 s counts (10 s, half
     * of it for a candidate): or behind one, an endpoint that hangs would never be left alone.
     */
    private static final int FAIR_SHARE = 5;

    private final OpenAiGenerator generator;
    private final Duration fair;
    private final GeneratorListener listener;
    private final RetryBudget budget = new RetryBudget();
    private final CircuitBreaker breaker;

    /** @param timeout what the endpoint is given where the caller has as long */
    GuardedGenerator(OpenAiGenerator generator, Duration timeout, Clock clock, GeneratorListener listener) {
        this.generator = generator;
        this.fair = timeout.dividedBy(FAIR_SHARE);
        this.listener = listener;
        this.breaker = CircuitBreaker.of(
                "generator",
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(LAST_CALLS)
                        .minimumNumberOfCalls(LEAST_CALLS)
                        .failureRateThreshold(50)
                        .waitDurationInOpenState(REST)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .clock(clock)
                        .build());
        breaker.getEventPublisher()
                .onStateTransition(event -> LOG.info(
                        "the generator is {} after {}",
                        event.getStateTransition().getToState(),
                        event.getStateTransition().getFromState()));
    }

    /** @see OpenAiGenerator#ask */
    boolean ask(Prompt prompt, Trace trace, Duration limit, Consumer<String> pieces) throws GeneratorException {
        budget.called();
        long end = System.nanoTime() + limit.toNanos();
        try {
            return once(prompt, trace, limit, pieces);
        } catch (GeneratorException e) {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            Duration pause = e.retryAfter().orElseGet(GuardedGenerator::shortly);
            if (!e.outcome().mayPass() || pause.compareTo(left.dividedBy(2)) > 0 || !budget.take()) {
                throw e;
            }
            sleep(pause);
            return once(prompt, trace, left.minus(pause), pieces);
        }
    }

    private boolean once(Prompt prompt, Trace trace, Duration limit, Consumer<String> pieces)
            throws GeneratorException {
        if (!breaker.tryAcquirePermission()) {
            listener.ended(Outcome.RESTING, Duration.ZERO);
            throw new GeneratorException(Outcome.RESTING, "the generator failed too often a moment ago");
        }
        long begin = System.nanoTime();
        boolean judged = false;
        try {
            boolean full = generator.ask(prompt, trace.child(), limit, pieces);
            judged = true;
            breaker.onSuccess(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
            listener.ended(Outcome.ANSWERED, Duration.ofNanos(System.nanoTime() - begin));
            return full;
        } catch (GeneratorException e) {
            judged = blames(e.outcome(), limit);
            if (judged) {
                breaker.onError(System.nanoTime() - begin, TimeUnit.NANOSECONDS, e);
            }
            listener.ended(e.outcome(), Duration.ofNanos(System.nanoTime() - begin));
            e.retryAfter().filter(rest -> rest.compareTo(limit) > 0).ifPresent(this::rest);
            throw e;
        } finally {
            if (!judged) {
                // The caller went away, had no time or asked what cannot be answered: that says nothing about the
                // generator.
                breaker.releasePermission();
            }
        }
    }

    /** Whether the next caller, too, would fare so. */
    private boolean blames(Outcome outcome, Duration limit) {
        return switch (outcome) {
            case TIMEOUT -> limit.compareTo(fair) >= 0;
            case UNFIT, ANSWERED, RESTING, FULL -> false;
            case CUT, UNREACHABLE, BUSY, FAILED, REFUSED, NONSENSE -> true;
        };
    }

    private void rest(Duration asked) {
        if (breaker.getState() == CircuitBreaker.State.CLOSED || breaker.getState() == CircuitBreaker.State.HALF_OPEN) {
            breaker.transitionToOpenStateFor(asked.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : asked);
        }
    }

    private static Duration shortly() {
        return Duration.ofMillis(PAUSE_MILLIS / 2 + ThreadLocalRandom.current().nextInt(PAUSE_MILLIS));
    }

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the caller went away");
        }
    }
}
