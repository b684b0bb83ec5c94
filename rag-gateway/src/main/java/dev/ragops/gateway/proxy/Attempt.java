package dev.ragops.gateway.proxy;

import dev.ragops.gateway.evidence.Event;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;

/** Is what became of one try at one pod. */
sealed interface Attempt {
    double millis();

    /** The pod that was tried; empty when there was none. */
    String pod();

    /** A whole answer. */
    record Answered(String pod, int status, MultiMap headers, Buffer body, double millis) implements Attempt {
        /** A pod that is going away says so and has not touched the request. */
        boolean isDraining() {
            return status == 503
                    && ("1".equals(headers.get("x-ragops-draining"))
                            || "close".equalsIgnoreCase(headers.get("connection")));
        }

        String answerClass() {
            String named = headers.get("x-ragops-answer-class");
            return named == null || named.isEmpty() ? Event.RETRIEVAL : named;
        }
    }

    /** An answer that goes on: its head is there, its body is read by whoever takes it. */
    record Streaming(String pod, HttpClientResponse response, double millis) implements Attempt {
        String answerClass() {
            String named = response.getHeader("x-ragops-answer-class");
            return named == null || named.isEmpty() ? "generated" : named;
        }
    }

    /**
     * No answer.
     *
     * @param untouched whether no byte of an answer came, so that asking again is safe
     */
    record Broken(String pod, String reason, boolean untouched, boolean timedOut, double millis) implements Attempt {}

    /** Nobody to ask. */
    record NoPod(double millis) implements Attempt {
        @Override
        public String pod() {
            return "";
        }
    }

    /** Whether trying another pod may help and cannot hurt. */
    default boolean mayTryAgain() {
        return switch (this) {
            case Answered answered -> answered.isDraining();
            case Streaming _ -> false;
            case Broken broken -> broken.untouched() && !broken.timedOut();
            case NoPod _ -> false;
        };
    }

    /** Whether it is an answer a user can be given instead of asking stable again. */
    default boolean isGood() {
        return switch (this) {
            case Answered answered -> answered.status() < 500;
            case Streaming _ -> true;
            case Broken _, NoPod _ -> false;
        };
    }

    /** What it says of the track. */
    default Event event() {
        return switch (this) {
            case Answered answered ->
                new Event(Event.endingOf(answered.status()), answered.answerClass(), answered.millis());
            case Streaming streaming -> new Event(Event.Ending.ANSWERED, streaming.answerClass(), streaming.millis());
            case Broken broken -> new Event(Event.Ending.ERROR, Event.RETRIEVAL, broken.millis());
            case NoPod none -> new Event(Event.Ending.ERROR, Event.RETRIEVAL, none.millis());
        };
    }
}
