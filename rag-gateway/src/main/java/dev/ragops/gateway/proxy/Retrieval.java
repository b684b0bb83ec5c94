package dev.ragops.gateway.proxy;

import dev.ragops.gateway.admin.GatewayMetrics;
import dev.ragops.gateway.evidence.Books;
import dev.ragops.gateway.evidence.Comparison;
import dev.ragops.gateway.evidence.Ejection;
import dev.ragops.gateway.evidence.Event;
import dev.ragops.gateway.evidence.Generation;
import dev.ragops.gateway.route.Asker;
import dev.ragops.gateway.route.Buckets;
import dev.ragops.gateway.route.Choice;
import dev.ragops.gateway.route.Choice.Track;
import dev.ragops.gateway.route.Route;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.logging.Logger;

/**
 * Answers questions: chooses a track, tries a pod and at most a second one, asks stable again where the candidate failed, and
 * sends a copy where the route mirrors. Each track is judged by its own first attempt; users by what they got.
 */
final class Retrieval {
    private static final Logger LOG = Logger.getLogger(Retrieval.class.getName());
    /** Copies under way at once; past this they are dropped, never queued. */
    private static final int MAX_MIRRORS = 64;

    private final Books books;
    private final Upstream upstream;
    private final Supplier<String> runtimeToken;
    private final GatewayMetrics metrics;
    private final RetryBudget retries = new RetryBudget();
    private int mirrors;

    Retrieval(Books books, Upstream upstream, Supplier<String> runtimeToken, GatewayMetrics metrics) {
        this.books = books;
        this.upstream = upstream;
        this.runtimeToken = runtimeToken;
        this.metrics = metrics;
    }

    /** One question on its way. */
    private record Exchange(
            Route route,
            Generation generation,
            Choice choice,
            Upstream.Question question,
            UserSide user,
            long beginMillis) {
        long remainingMillis() {
            return Math.max(1, route.requestTimeoutMillis() - (System.currentTimeMillis() - beginMillis));
        }
    }

    void answer(HttpServerRequest request, Buffer body, UserSide user) {
        Optional<Route> route = books.route();
        if (route.isEmpty()) {
            user.problem(503, "No route yet", "this gateway has not been given a route; ask again");
            return;
        }
        Asker asker = new Asker(
                name -> request.headers().get(name), request.remoteAddress().hostAddress());
        Choice choice = Choice.of(
                route.get(),
                asker,
                books.ejection().isPresent(),
                () -> ThreadLocalRandom.current().nextInt(Buckets.COUNT));
        MultiMap headers = Headers.upstream(request, runtimeToken.get());
        Exchange exchange = new Exchange(
                route.get(),
                books.current(),
                choice,
                new Upstream.Question(request.method(), request.uri(), headers, body),
                user,
                System.currentTimeMillis());
        retries.request();
        Future<Attempt> primary = attempt(exchange, choice.track(), firstDeadline(exchange));
        choice.mirror().ifPresent(track -> mirror(exchange, track, primary));
        primary.onSuccess(attempt -> settle(exchange, attempt));
    }

    private static long firstDeadline(Exchange exchange) {
        boolean mayFallBack =
                exchange.choice().track() == Track.CANDIDATE && exchange.route().fallback();
        return mayFallBack ? Math.max(1, exchange.remainingMillis() / 2) : exchange.remainingMillis();
    }

    /** Tries a pod of a track, and another one where that cannot hurt; counts the first attempt. */
    private Future<Attempt> attempt(Exchange exchange, Track track, long deadlineMillis) {
        Optional<Route.Target> target = target(exchange.route(), track);
        String service = target.map(Route.Target::service).orElse("");
        return upstream.ask(service, "", exchange.question(), deadlineMillis).compose(first -> {
            boolean draining = first instanceof Attempt.Answered answered && answered.isDraining();
            if (!first.mayTryAgain() || exchange.user().hasLeft() || !retries.spend()) {
                count(exchange, track, first);
                return Future.succeededFuture(first);
            }
            metrics.retried();
            if (!draining) {
                count(exchange, track, first);
            }
            long left = Math.max(1, deadlineMillis - (long) first.millis());
            return upstream.ask(service, first.pod(), exchange.question(), left).map(second -> {
                if (draining) {
                    // A pod that leaves in good order says nothing against its revision; its successor speaks for it.
                    count(exchange, track, second);
                }
                return second;
            });
        });
    }

    /** A stream is counted when it ends. */
    private void count(Exchange exchange, Track track, Attempt attempt) {
        if (!(attempt instanceof Attempt.Streaming)) {
            add(exchange, track, exchange.user().asSeen(attempt.event(), exchange.route()));
        }
    }

    private void add(Exchange exchange, Track track, Event event) {
        exchange.generation().add(track, event);
        if (track == Track.STABLE) {
            books.guard().stable(System.currentTimeMillis(), event);
        }
    }

    private void settle(Exchange exchange, Attempt attempt) {
        Track track = exchange.choice().track();
        boolean isThere = !exchange.user().hasLeft();
        boolean again = isThere && track == Track.CANDIDATE && exchange.route().fallback() && !attempt.isGood();
        if (isThere && track == Track.CANDIDATE) {
            books.guard().candidate(System.currentTimeMillis(), again);
            considerEjection();
        }
        if (again) {
            upstream.ask(service(exchange.route(), Track.STABLE), "", exchange.question(), exchange.remainingMillis())
                    .onSuccess(stable -> deliver(exchange, stable, Track.STABLE, true));
        } else if (track == Track.STABLE && attempt instanceof Attempt.NoPod && candidateCanHelp(exchange.route())) {
            upstream.ask(
                            service(exchange.route(), Track.CANDIDATE),
                            "",
                            exchange.question(),
                            exchange.remainingMillis())
                    .onSuccess(candidate -> deliver(exchange, candidate, Track.CANDIDATE, false));
        } else {
            deliver(exchange, attempt, track, false);
        }
    }

    private void considerEjection() {
        Optional<Ejection> made = books.considerEjection(System.currentTimeMillis());
        made.ifPresent(ejection -> {
            metrics.ejected();
            LOG.warning("ejected the candidate " + ejection.revision() + ": " + ejection.reason());
        });
    }

    private boolean candidateCanHelp(Route route) {
        return books.ejection().isEmpty()
                && route.candidate()
                        .map(target -> upstream.endpoints().has(target.service()))
                        .orElse(false);
    }

    private void deliver(Exchange exchange, Attempt attempt, Track answeredBy, boolean fallback) {
        if (!(attempt instanceof Attempt.Streaming)) {
            seen(exchange, answeredBy, attempt.isGood(), fallback);
        }
        exchange.user().mark(answeredBy, fallback, exchange.choice().unsticky());
        switch (attempt) {
            case Attempt.Answered answered -> exchange.user().send(answered);
            case Attempt.Streaming streaming ->
                exchange.user().stream(streaming, exchange.route(), event -> {
                    if (answeredBy == exchange.choice().track()) {
                        add(exchange, answeredBy, event);
                    }
                    seen(exchange, answeredBy, !event.isError(), fallback);
                });
            case Attempt.Broken broken ->
                exchange.user()
                        .problem(
                                broken.timedOut() ? 504 : 502,
                                broken.timedOut() ? "No answer in time" : "No answer",
                                broken.timedOut() ? broken.reason() : "the pod that was asked broke off");
            case Attempt.NoPod _ ->
                exchange.user().problem(503, "No pod is ready", "no pod of the stable revision is ready; ask again");
        }
    }

    /** Counts what a user got; one who left got nothing, by choice. */
    private void seen(Exchange exchange, Track answeredBy, boolean served, boolean fallback) {
        if (exchange.user().hasLeft()) {
            return;
        }
        exchange.generation().user(served, fallback, exchange.choice().unsticky());
        metrics.answered(answeredBy, served, fallback, System.currentTimeMillis() - exchange.beginMillis());
        if (answeredBy == Track.CANDIDATE && exchange.choice().track() == Track.STABLE) {
            metrics.stoodIn();
        }
    }

    private void mirror(Exchange exchange, Track track, Future<Attempt> primary) {
        if (mirrors >= MAX_MIRRORS || !books.guard().mayMirror(System.currentTimeMillis())) {
            exchange.generation().mirrorShed();
            return;
        }
        mirrors++;
        MultiMap headers =
                MultiMap.caseInsensitiveMultiMap().addAll(exchange.question().headers());
        headers.set("x-ragops-shadow", "1");
        Upstream.Question copy = new Upstream.Question(
                exchange.question().method(),
                exchange.question().uri(),
                headers,
                exchange.question().body());
        upstream.ask(
                        service(exchange.route(), track),
                        "",
                        copy,
                        exchange.route().requestTimeoutMillis())
                .onSuccess(mirrored -> {
                    mirrors--;
                    exchange.generation().add(track, mirrored.event());
                    if (mirrored instanceof Attempt.Streaming streaming) {
                        var _ = streaming.response().request().reset();
                    }
                    primary.onSuccess(first -> compare(exchange, first, mirrored));
                });
    }

    private static void compare(Exchange exchange, Attempt first, Attempt mirrored) {
        if (first instanceof Attempt.Answered stable
                && mirrored instanceof Attempt.Answered other
                && stable.status() == 200
                && other.status() == 200) {
            Comparison.of(
                            stable.body().toString(),
                            other.body().toString(),
                            exchange.route().comparedSources())
                    .ifPresent(
                            comparison -> exchange.generation().compare(comparison, other.millis() - stable.millis()));
        }
    }

    private static String service(Route route, Track track) {
        return target(route, track).map(Route.Target::service).orElse("");
    }

    private static Optional<Route.Target> target(Route route, Track track) {
        return switch (track) {
            case STABLE -> route.stable();
            case CANDIDATE -> route.candidate();
            case CONTROL -> route.control();
        };
    }
}
