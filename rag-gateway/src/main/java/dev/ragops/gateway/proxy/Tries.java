package dev.ragops.gateway.proxy;

import dev.ragops.gateway.route.Choice.Track;
import io.vertx.core.Future;

/** Asks a track: one pod, and another where that cannot hurt. The first attempt is the one that is counted. */
final class Tries {
    private final Upstream upstream;
    private final Ledger ledger;
    private final RetryBudget budget = new RetryBudget();

    Tries(Upstream upstream, Ledger ledger) {
        this.upstream = upstream;
        this.ledger = ledger;
    }

    /** The track that was chosen. */
    Future<Attempt> first(Exchange exchange, Track track, long deadlineMillis) {
        budget.request();
        return ask(exchange, track, "", deadlineMillis).compose(first -> {
            // A pod that is gone, or leaves in good order, says nothing of its revision; the next one speaks for it.
            boolean absent = first.isAbsence();
            if (!first.mayTryAgain() || exchange.user().hasLeft() || !budget.spend()) {
                ledger.first(exchange, track, first);
                return Future.succeededFuture(first);
            }
            ledger.retried();
            if (!absent) {
                ledger.first(exchange, track, first);
            }
            long left = deadlineMillis - (long) first.millis();
            return ask(exchange, track, first.pod(), left).map(second -> {
                if (absent) {
                    ledger.first(exchange, track, second);
                }
                return second;
            });
        });
    }

    /** A track that helps another out: with a second try as well, and uncounted, for the question was not its own. */
    Future<Attempt> instead(Exchange exchange, Track track) {
        return ask(exchange, track, "", exchange.remainingMillis())
                .compose(first -> first.mayTryAgain() && budget.spend()
                        ? ask(exchange, track, first.pod(), exchange.remainingMillis())
                        : Future.succeededFuture(first));
    }

    private Future<Attempt> ask(Exchange exchange, Track track, String excluded, long deadlineMillis) {
        UserSide user = exchange.user();
        // Who is on trial has stable behind it: its users need not wait for pods that took no connection a moment ago.
        Endpoints.Choice among =
                track != Track.STABLE && track == exchange.choice().track()
                        ? Endpoints.Choice.REACHABLE
                        : Endpoints.Choice.ANY;
        return upstream.ask(
                exchange.service(track),
                excluded,
                among,
                exchange.question(),
                deadlineMillis,
                user.room(),
                user.whenLeft());
    }
}
