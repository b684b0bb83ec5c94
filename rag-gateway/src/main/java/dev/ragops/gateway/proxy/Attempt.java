package dev.ragops.gateway.proxy;

import dev.ragops.gateway.evidence.Event;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.util.Optional;

/** Is what became of one try at one pod. */
sealed interface Attempt {
    double millis();

    /** The pod that was tried; empty when there was none. */
    String pod();

    /** A whole answer. */
    record Answered(String pod, int status, MultiMap headers, Buffer body, double millis) implements Attempt {
        /** A pod that is going away says so and has not touched the request. */
        boolean isDraining() {
            return isDraining(status, headers);
        }

        static boolean isDraining(int status, MultiMap headers) {
            return status == 503
                    && ("1".equals(headers.get("x-ragops-draining"))
                            || "close".equalsIgnoreCase(headers.get("connection")));
        }
    }

    /**
     * An answer that goes on: its head is there, the rest is read by whoever takes it.
     *
     * @param begun what was read of its body before it turned out too long to keep
     */
    record Streaming(String pod, HttpClientResponse response, Buffer begun, double millis) implements Attempt {}

    /**
     * No answer.
     *
     * @param untouched whether no byte of an answer came, so that asking again is safe
     */
    record Broken(String pod, String reason, boolean untouched, boolean timedOut, double millis) implements Attempt {}

    /** The pod took no connection: nobody was asked. */
    record Refused(String pod, double millis) implements Attempt {}

    /** Ended by us: who asked is not there any more. */
    record Abandoned(String pod, double millis) implements Attempt {}

    /** Nobody to ask. */
    record NoPod(double millis) implements Attempt {
        @Override
        public String pod() {
            return "";
        }
    }

    /** The class of answer that the runtime named, where one came far enough to say. */
    default Optional<String> answerClass() {
        String named = switch (this) {
            case Answered answered -> answered.headers().get("x-ragops-answer-class");
            case Streaming streaming -> streaming.response().getHeader("x-ragops-answer-class");
            case Broken _, Refused _, NoPod _, Abandoned _ -> null;
        };
        return Optional.ofNullable(named).filter(name -> !name.isEmpty());
    }

    /** Whether there was nobody to ask, nobody who took the question, or somebody on the way out: the cluster's doing, not the revision's. */
    default boolean isAbsence() {
        return switch (this) {
            case NoPod _, Refused _ -> true;
            case Answered answered -> answered.isDraining();
            case Streaming _, Broken _, Abandoned _ -> false;
        };
    }

    /** Whether trying another pod may help and cannot hurt. */
    default boolean mayTryAgain() {
        return switch (this) {
            case Answered answered -> answered.isDraining();
            case Broken broken -> broken.untouched() && !broken.timedOut();
            case Refused _ -> true;
            case Streaming _, NoPod _, Abandoned _ -> false;
        };
    }

    /** Whether it is an answer a user can be given instead of asking stable again. */
    default boolean isGood() {
        return switch (this) {
            case Answered _, Streaming _ -> !ending().isError();
            case Broken _, Refused _, NoPod _, Abandoned _ -> false;
        };
    }

    /** What it says of the track. */
    default Event.Ending ending() {
        return switch (this) {
            case Answered answered ->
                Event.endingOf(answered.status(), "1".equals(answered.headers().get("x-ragops-quota")));
            case Streaming streaming -> Event.endingOf(streaming.response().statusCode(), false);
            case Broken _, Refused _, NoPod _ -> Event.Ending.ERROR;
            case Abandoned _ -> Event.Ending.EXCLUDED;
        };
    }
}
