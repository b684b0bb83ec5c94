package dev.ragops.runtime.answer;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Duration;
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

    private final OpenAiGenerator generator;
    private final GeneratorListener listener;
    private final RetryBudget budget = new RetryBudget();
    private final CircuitBreaker breaker;

    GuardedGenerator(OpenAiGenerator generator, Clock clock, GeneratorListener listener) {
        this.generator = generator;
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
    boolean ask(Prompt prompt, Duration limit, Consumer<String> pieces) throws GeneratorException {
        budget.called();
        long end = System.nanoTime() + limit.toNanos();
        try {
            return once(prompt, limit, pieces);
        } catch (GeneratorException e) {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            Duration pause = e.retryAfter().orElseGet(GuardedGenerator::shortly);
            if (!e.outcome().mayPass() || pause.compareTo(left.dividedBy(2)) > 0 || !budget.take()) {
                throw e;
            }
            sleep(pause, e);
            return once(prompt, left.minus(pause), pieces);
        }
    }

    private boolean once(Prompt prompt, Duration limit, Consumer<String> pieces) throws GeneratorException {
        if (!breaker.tryAcquirePermission()) {
            listener.ended(Outcome.RESTING, Duration.ZERO);
            throw new GeneratorException(Outcome.RESTING, "the generator failed too often a moment ago");
        }
        long begin = System.nanoTime();
        boolean heard = false;
        try {
            boolean full = generator.ask(prompt, limit, pieces);
            heard = true;
            breaker.onSuccess(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
            listener.ended(Outcome.ANSWERED, Duration.ofNanos(System.nanoTime() - begin));
            return full;
        } catch (GeneratorException e) {
            heard = true;
            breaker.onError(System.nanoTime() - begin, TimeUnit.NANOSECONDS, e);
            listener.ended(e.outcome(), Duration.ofNanos(System.nanoTime() - begin));
            e.retryAfter().filter(rest -> rest.compareTo(limit) > 0).ifPresent(this::rest);
            throw e;
        } finally {
            if (!heard) {
                // Whoever waited for the answer went away: that says nothing about the generator.
                breaker.releasePermission();
            }
        }
    }

    private void rest(Duration asked) {
        if (breaker.getState() == CircuitBreaker.State.CLOSED || breaker.getState() == CircuitBreaker.State.HALF_OPEN) {
            breaker.transitionToOpenStateFor(asked.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : asked);
        }
    }

    private static Duration shortly() {
        return Duration.ofMillis(PAUSE_MILLIS / 2 + ThreadLocalRandom.current().nextInt(PAUSE_MILLIS));
    }

    private static void sleep(Duration pause, GeneratorException why) throws GeneratorException {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw why;
        }
    }
}
