package dev.ragops.gateway.proxy;

import dev.ragops.gateway.evidence.Comparison;
import dev.ragops.gateway.evidence.Event;
import dev.ragops.gateway.evidence.Pair;
import dev.ragops.gateway.evidence.Sources;
import dev.ragops.gateway.evidence.SourcesOfStream;
import dev.ragops.gateway.route.Choice.Track;
import dev.ragops.gateway.route.Route;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Sends copies of questions to a track that no user sees, and compares what comes back. The user waits for none of it: what there
 * is no room for is dropped, never queued.
 */
final class Mirror {
    /** Copies under way at once. */
    private static final int MAX_COPIES = 64;

    private final Upstream upstream;
    private final Ledger ledger;
    private final Room room;
    private int underWay;

    Mirror(Upstream upstream, Ledger ledger, Room room) {
        this.upstream = upstream;
        this.ledger = ledger;
        this.room = room;
    }

    /** Empty when the copy was shed. */
    Optional<Copy> send(Exchange exchange, Track track) {
        Room.Lease lease = room.leaseForCopy();
        if (underWay >= MAX_COPIES
                || !ledger.mayMirror()
                || !lease.take(exchange.question().body().length())) {
            ledger.mirrorShed(exchange);
            return Optional.empty();
        }
        underWay++;
        Copy copy = new Copy(exchange, track, lease);
        Future<Void> nobodyLeaves = Promise.<Void>promise().future();
        long deadline = exchange.route().requestTimeoutMillis();
        upstream.ask(
                        exchange.service(track),
                        "",
                        Endpoints.Choice.REACHABLE,
                        exchange.question().copy(),
                        deadline,
                        lease,
                        nobodyLeaves)
                .onSuccess(copy::answered);
        return Optional.of(copy);
    }

    /** One side of a comparison. */
    private record Side(double millis, Sources sources) {}

    /** One copy and its original, until both have said what they rest on. */
    final class Copy {
        private final Exchange exchange;
        private final Track track;
        private final Room.Lease lease;
        private final Promise<Side> original = Promise.promise();
        private final Promise<Side> mirrored = Promise.promise();

        private Copy(Exchange exchange, Track track, Room.Lease lease) {
            this.exchange = exchange;
            this.track = track;
            this.lease = lease;
            Future.all(original.future(), mirrored.future())
                    .onSuccess(_ -> compare(
                            original.future().result(), mirrored.future().result()));
        }

        /** What the user got, whole. */
        void original(Attempt attempt) {
            whole(attempt, original);
        }

        /** What the user is getting as a stream: the answer looks at what passes. */
        Consumer<Buffer> originalStream(Attempt.Streaming streaming) {
            return glimpse(streaming, original);
        }

        private void answered(Attempt attempt) {
            Event event = ledger.event(exchange, track, attempt);
            if (attempt instanceof Attempt.Streaming streaming) {
                drain(streaming, event);
                return;
            }
            whole(attempt, mirrored);
            over(event);
        }

        /** Reads a stream to its end as a user would: one that breaks off is bad. */
        private void drain(Attempt.Streaming streaming, Event began) {
            Consumer<Buffer> glimpse = glimpse(streaming, mirrored);
            Promise<Void> end = Promise.promise();
            long timer = upstream.vertx().setTimer(exchange.route().requestTimeoutMillis(), _ -> {
                // Long enough to know that it streams.
                if (end.tryComplete()) {
                    var _ = streaming.response().request().reset();
                }
            });
            glimpse.accept(streaming.begun());
            streaming
                    .response()
                    .handler(glimpse::accept)
                    .exceptionHandler(end::tryFail)
                    .endHandler(_ -> end.tryComplete());
            streaming.response().resume();
            end.future().onComplete(result -> {
                upstream.vertx().cancelTimer(timer);
                over(
                        result.succeeded()
                                ? began
                                : new Event(Event.Ending.ERROR, began.answerClass(), began.latencyMillis()));
            });
        }

        private void over(Event event) {
            underWay--;
            lease.close();
            mirrored.tryFail("no sources");
            ledger.mirrored(exchange, track, event);
        }

        private void whole(Attempt attempt, Promise<Side> side) {
            if (attempt instanceof Attempt.Answered answered && answered.status() == 200) {
                Sources.of(
                                answered.body().getBytes(),
                                answered.headers().get("content-encoding"),
                                exchange.route().comparedSources())
                        .ifPresent(sources -> side.tryComplete(new Side(answered.millis(), sources)));
            }
            side.tryFail("no sources");
        }

        private Consumer<Buffer> glimpse(Attempt.Streaming streaming, Promise<Side> side) {
            SourcesOfStream finder = new SourcesOfStream(
                    streaming.response().getHeader("content-encoding"),
                    exchange.route().comparedSources());
            return bytes -> {
                if (!side.future().isComplete()) {
                    finder.feed(bytes.getBytes())
                            .ifPresent(sources -> side.tryComplete(new Side(streaming.millis(), sources)));
                }
            };
        }

        private void compare(Side own, Side other) {
            Comparison comparison = Comparison.of(own.sources(), other.sources());
            ledger.compared(exchange, comparison, other.millis() - own.millis());
            if (exchange.route().keptPairs() > 0) {
                ledger.books()
                        .pairs()
                        .keep(
                                new Pair(
                                        System.currentTimeMillis(),
                                        exchange.generation().number(),
                                        String.valueOf(
                                                exchange.question().headers().get("x-request-id")),
                                        exchange.question().uri(),
                                        exchange.question().body().toString(),
                                        comparison,
                                        side(Track.STABLE, own),
                                        side(track, other)),
                                exchange.route().keptPairs());
            }
        }

        private Pair.Side side(Track of, Side side) {
            String revision =
                    exchange.route().target(of).map(Route.Target::revision).orElse("");
            return new Pair.Side(of, revision, side.millis(), side.sources());
        }
    }
}
