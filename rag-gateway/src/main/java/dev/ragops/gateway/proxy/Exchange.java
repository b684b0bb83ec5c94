package dev.ragops.gateway.proxy;

import dev.ragops.gateway.evidence.Generation;
import dev.ragops.gateway.route.Choice;
import dev.ragops.gateway.route.Route;
import java.util.Optional;

/**
 * One question on its way. Route and generation are those it began with: what becomes of it is theirs, whatever comes meanwhile.
 *
 * @param kind of question, as {@link dev.ragops.gateway.route.RouteClass#kind} names it
 * @param copy sent to another track beside it
 */
record Exchange(
        Route route,
        Generation generation,
        Choice choice,
        String kind,
        Question question,
        UserSide user,
        Optional<Mirror.Copy> copy) {

    Exchange with(Optional<Mirror.Copy> sent) {
        return new Exchange(route, generation, choice, kind, question, user, sent);
    }

    long remainingMillis() {
        return Math.max(1, route.requestTimeoutMillis() - (long) user.sinceAskedMillis());
    }

    String service(Choice.Track track) {
        return route.target(track).map(Route.Target::service).orElse("");
    }
}
