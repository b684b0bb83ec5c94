package dev.ragops.gateway.proxy;

import dev.ragops.gateway.evidence.Event;
import dev.ragops.gateway.route.Choice.Track;
import dev.ragops.gateway.route.Route;
import io.vertx.core.http.HttpServerResponse;
import java.util.function.Consumer;

/** Is the end of the line to one user: sends what there is once, and knows whether the user is still there. */
final class UserSide {
    private final HttpServerResponse response;
    private final long beginNanos = System.nanoTime();
    private double leftAfterMillis = -1;

    UserSide(HttpServerResponse response, boolean draining) {
        this.response = response;
        response.exceptionHandler(_ -> left());
        response.closeHandler(_ -> left());
        if (draining) {
            response.putHeader("connection", "close");
        }
    }

    private void left() {
        if (leftAfterMillis < 0 && !response.ended()) {
            leftAfterMillis = (System.nanoTime() - beginNanos) / 1e6;
        }
    }

    boolean hasLeft() {
        return leftAfterMillis >= 0;
    }

    /** A user who left after the promised time was let down; one who left before it says nothing of the track. */
    Event asSeen(Event event, Route route) {
        if (!hasLeft()) {
            return event;
        }
        return judgedAfter(leftAfterMillis, event, route);
    }

    private static Event judgedAfter(double millis, Event event, Route route) {
        boolean tooLate = route.objectives().stream()
                .filter(objective -> objective.covers(event.answerClass()))
                .flatMap(objective -> objective.thresholdMillis().stream())
                .anyMatch(threshold -> millis >= threshold);
        return new Event(tooLate ? Event.Ending.ANSWERED : Event.Ending.EXCLUDED, event.answerClass(), millis);
    }

    void mark(Track track, boolean fallback, boolean unsticky) {
        if (isOver()) {
            return;
        }
        response.putHeader("x-ragops-track", track.wireName());
        if (fallback) {
            response.putHeader("x-ragops-fallback", "1");
        }
        if (unsticky) {
            response.putHeader("x-ragops-unsticky", "1");
        }
    }

    void send(Attempt.Answered answered) {
        if (isOver()) {
            return;
        }
        Headers.downstream(answered.headers(), response.headers());
        var _ = response.setStatusCode(answered.status()).end(answered.body());
    }

    /**
     * Passes a stream on as it comes.
     *
     * @param over gets what its end says of the track: one that breaks off is bad however it began; one whose user leaves is judged by
     *     its first byte
     */
    void stream(Attempt.Streaming streaming, Route route, Consumer<Event> over) {
        Event event = streaming.event();
        if (isOver()) {
            var _ = streaming.response().request().reset();
            over.accept(asSeen(event, route));
            return;
        }
        Headers.downstream(streaming.response().headers(), response.headers());
        response.setStatusCode(streaming.response().statusCode()).setChunked(true);
        // Not ended on failure: a user must be able to tell half an answer from a whole one.
        streaming.response().pipe().endOnFailure(false).to(response).onComplete(result -> {
            if (result.succeeded()) {
                over.accept(event);
                return;
            }
            over.accept(
                    hasLeft()
                            ? judgedAfter(event.latencyMillis(), event, route)
                            : new Event(Event.Ending.ERROR, event.answerClass(), event.latencyMillis()));
            var _ = streaming.response().request().reset();
            var _ = response.reset();
        });
    }

    void problem(int status, String title, String detail) {
        Problem.send(response, status, title, detail);
    }

    private boolean isOver() {
        return response.ended() || response.closed() || response.headWritten();
    }
}
