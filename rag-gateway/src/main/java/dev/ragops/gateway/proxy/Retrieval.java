package dev.ragops.gateway.proxy;

import dev.ragops.gateway.evidence.Event;
import dev.ragops.gateway.route.Asker;
import dev.ragops.gateway.route.Buckets;
import dev.ragops.gateway.route.Choice;
import dev.ragops.gateway.route.Choice.Track;
import dev.ragops.gateway.route.Route;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * Answers questions: chooses a track, asks stable again where the candidate failed, lets the candidate stand in where stable is
 * gone, and gives the user the outcome.
 */
final class Retrieval {
    /** A model may think for this long between two words, whatever the deadline of the first. */
    private static final long MIN_STALL_MILLIS = 30_000;

    private final Upstream upstream;
    private final Ledger ledger;
    private final Tries tries;
    private final Mirror mirror;
    private final Supplier<String> runtimeToken;

    Retrieval(Upstream upstream, Ledger ledger, Room room, Supplier<String> runtimeToken) {
        this.upstream = upstream;
        this.ledger = ledger;
        this.tries = new Tries(upstream, ledger);
        this.mirror = new Mirror(upstream, ledger, room);
        this.runtimeToken = runtimeToken;
    }

    /** @param kind of question, as {@link dev.ragops.gateway.route.RouteClass#kind} names it */
    void answer(HttpServerRequest request, String kind, Buffer body, UserSide user) {
        Optional<Route> inForce = ledger.books().route();
        if (inForce.isEmpty()) {
            user.problem(503, "No route yet", "this gateway has not been given a route; ask again");
            return;
        }
        Route route = inForce.get();
        Asker asker = new Asker(
                name -> request.headers().get(name), request.remoteAddress().hostAddress());
        Choice choice = Choice.of(
                route,
                asker,
                ledger.books().ejection().isPresent(),
                () -> ThreadLocalRandom.current().nextInt(Buckets.COUNT));
        Exchange alone = new Exchange(
                route,
                ledger.books().current(),
                choice,
                kind,
                new Question(
                        request.method(), Headers.target(request), Headers.upstream(request, runtimeToken.get()), body),
                user,
                Optional.empty());
        var primary = tries.first(alone, choice.track(), firstDeadline(alone));
        Exchange exchange = alone.with(choice.mirror().flatMap(track -> mirror.send(alone, track)));
        primary.onSuccess(attempt -> settle(exchange, attempt));
    }

    private static long firstDeadline(Exchange exchange) {
        boolean mayFallBack =
                exchange.choice().track() == Track.CANDIDATE && exchange.route().fallback();
        return mayFallBack ? exchange.remainingMillis() / 2 : exchange.remainingMillis();
    }

    private void settle(Exchange exchange, Attempt attempt) {
        Track track = exchange.choice().track();
        boolean isThere = !exchange.user().hasLeft();
        // Without a fallback stable is not asked again; where nobody was asked, it is asked for the first time.
        boolean mayAsk = exchange.route().fallback() || attempt.isAbsence();
        boolean again = isThere && track == Track.CANDIDATE && mayAsk && !attempt.isGood();
        if (isThere && track == Track.CANDIDATE && !attempt.isAbsence()) {
            ledger.candidate(again);
        }
        if (again) {
            tries.instead(exchange, Track.STABLE).onSuccess(stable -> deliver(exchange, stable, Track.STABLE, true));
        } else if (isThere && track == Track.STABLE && attempt.isAbsence() && candidateCanHelp(exchange.route())) {
            tries.instead(exchange, Track.CANDIDATE)
                    .onSuccess(candidate -> deliver(exchange, candidate, Track.CANDIDATE, false));
        } else {
            deliver(exchange, attempt, track, false);
        }
    }

    private boolean candidateCanHelp(Route route) {
        return ledger.books().ejection().isEmpty()
                && route.candidate()
                        .map(target -> upstream.endpoints().has(target.service()))
                        .orElse(false);
    }

    private void deliver(Exchange exchange, Attempt attempt, Track answeredBy, boolean fallback) {
        if (!(attempt instanceof Attempt.Streaming)) {
            ledger.user(exchange, answeredBy, attempt.isGood(), fallback);
            if (answeredBy == Track.STABLE) {
                exchange.copy().ifPresent(copy -> copy.original(attempt));
            }
        }
        UserSide user = exchange.user();
        user.mark(answeredBy, fallback, exchange.choice().unsticky());
        switch (attempt) {
            case Attempt.Answered answered -> user.send(answered);
            case Attempt.Streaming streaming -> stream(exchange, streaming, answeredBy, fallback);
            case Attempt.Broken broken ->
                user.problem(
                        broken.timedOut() ? 504 : 502,
                        broken.timedOut() ? "No answer in time" : "No answer",
                        broken.timedOut() ? broken.reason() : "the pod that was asked broke off; ask again");
            case Attempt.Refused _ -> user.problem(502, "No answer", "no pod takes a connection; ask again");
            case Attempt.NoPod _ ->
                user.problem(503, "No pod is ready", "no pod of the stable revision is ready; ask again");
            case Attempt.Abandoned _ -> {}
        }
    }

    /** One that breaks off is bad however it began; one whose user leaves is judged by its first byte. */
    private void stream(Exchange exchange, Attempt.Streaming streaming, Track answeredBy, boolean fallback) {
        UserSide user = exchange.user();
        Event began = ledger.event(exchange, answeredBy, streaming);
        Headers.downstream(streaming.response().headers(), user.response().headers());
        user.response().setStatusCode(streaming.response().statusCode()).setChunked(true);
        Relay.pass(
                        upstream.vertx(),
                        streaming.response(),
                        streaming.begun(),
                        user,
                        exchange.copy()
                                .filter(_ -> answeredBy == Track.STABLE)
                                .map(copy -> copy.originalStream(streaming))
                                .orElse(_ -> {}),
                        Math.max(exchange.route().requestTimeoutMillis(), MIN_STALL_MILLIS))
                .onComplete(result -> {
                    Event ended = result.succeeded()
                            ? began
                            : user.hasLeft()
                                    ? UserSide.judgedAfter(began.latencyMillis(), began, exchange.route())
                                    : new Event(Event.Ending.ERROR, began.answerClass(), began.latencyMillis());
                    if (answeredBy == exchange.choice().track()) {
                        ledger.add(exchange, answeredBy, ended);
                    }
                    ledger.user(exchange, answeredBy, !ended.isError(), fallback);
                    if (result.failed()) {
                        user.breakOff();
                    }
                });
    }
}
