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
            boolean draining = first instanceof Attempt.Answered answered && answered.isDraining();
            if (!first.mayTryAgain() || exchange.user().hasLeft() || !budget.spend()) {
                ledger.first(exchange, track, first);
                return Future.succeededFuture(first);
            }
            ledger.retried();
            if (!draining) {
                ledger.first(exchange, track, first);
            }
            long left = deadlineMillis - (long) first.millis();
            return ask(exchange, track, first.pod(), left).map(second -> {
                if (draining) {
                    // A pod that leaves in good order says nothing against its revision; its successor speaks for it.
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
        return upstream.ask(
                exchange.service(track), excluded, exchange.question(), deadlineMillis, user.room(), user.whenLeft());
    }
}
