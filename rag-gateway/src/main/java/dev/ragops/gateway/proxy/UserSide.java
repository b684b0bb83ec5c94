package dev.ragops.gateway.proxy;

import dev.ragops.gateway.evidence.Event;
import dev.ragops.gateway.route.Choice.Track;
import dev.ragops.gateway.route.Route;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/** Is the end of the line to one user: sends what there is once, and knows whether the user is still there. */
final class UserSide {
    private final HttpServerResponse response;
    private final Room.Lease room;
    private final Promise<Void> left = Promise.promise();
    private final Runnable over;
    private long askedNanos = System.nanoTime();
    private double leftAfterMillis = -1;
    private boolean isOver;

    /**
     * @param room for what is kept of question and answer, given back when it is over
     * @param over runs once, when the user has everything or has left
     */
    UserSide(HttpServerRequest request, Room.Lease room, boolean draining, Runnable over) {
        this.response = request.response();
        this.room = room;
        this.over = over;
        response.exceptionHandler(_ -> left());
        response.closeHandler(_ -> left());
        // HTTP/1.0 has no other way to end an answer of unknown length.
        boolean last = draining || request.version() == HttpVersion.HTTP_1_0 || Headers.asksToClose(request.headers());
        if (last) {
            response.putHeader("connection", "close");
        }
        response.endHandler(_ -> {
            close();
            if (last) {
                var _ = request.connection().close();
            }
        });
    }

    private void left() {
        if (leftAfterMillis < 0 && !response.ended()) {
            leftAfterMillis = sinceAskedMillis();
        }
        close();
        left.tryComplete();
    }

    private void close() {
        if (!isOver) {
            isOver = true;
            room.close();
            over.run();
        }
    }

    /** The question is there in full: from now on the time is ours. */
    void asked() {
        askedNanos = System.nanoTime();
    }

    double sinceAskedMillis() {
        return (System.nanoTime() - askedNanos) / 1e6;
    }

    HttpServerResponse response() {
        return response;
    }

    Room.Lease room() {
        return room;
    }

    /** Completes when the user leaves before the end. */
    Future<Void> whenLeft() {
        return left.future();
    }

    boolean hasLeft() {
        return leftAfterMillis >= 0;
    }

    /** A user who left after the promised time was let down; one who left before it says nothing of the track. */
    Event asSeen(Event event, Route route) {
        return hasLeft() ? judgedAfter(leftAfterMillis, event, route) : event;
    }

    static Event judgedAfter(double millis, Event event, Route route) {
        boolean tooLate = route.isTooSlow(event.answerClass(), millis);
        return new Event(tooLate ? Event.Ending.ANSWERED : Event.Ending.EXCLUDED, event.answerClass(), millis);
    }

    void mark(Track track, boolean fallback, boolean unsticky) {
        if (!isAnswerable()) {
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
        if (!isAnswerable()) {
            return;
        }
        Headers.downstream(answered.headers(), response.headers());
        var _ = response.setStatusCode(answered.status()).end(answered.body());
    }

    void problem(int status, String title, String detail) {
        var _ = Problem.send(response, status, title, detail);
    }

    /** Breaks the connection: a user must be able to tell half an answer from a whole one. */
    void breakOff() {
        var _ = response.reset();
    }

    boolean isAnswerable() {
        return !(response.ended() || response.closed() || response.headWritten());
    }
}
