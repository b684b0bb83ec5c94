package dev.ragops.operator.model;

import dev.ragops.api.v1alpha1.GatewaySpec;
import dev.ragops.api.v1alpha1.ObjectiveSpec;
import dev.ragops.api.v1alpha1.StickinessSpec;
import dev.ragops.operator.Durations;
import dev.ragops.operator.route.Route;
import java.util.List;
import java.util.Optional;

/** Writes down a route from tracks and what the spec says of gateways and objectives. */
final class Routes {
    private static final int COMPARED = 10;

    private final Observation seen;

    Routes(Observation seen) {
        this.seen = seen;
    }

    /** Not numbered yet. */
    Route route(Tracks tracks) {
        Optional<GatewaySpec> gateway = Optional.ofNullable(seen.spec().gateway());
        StickinessSpec stickiness =
                gateway.map(GatewaySpec::stickiness).orElse(new StickinessSpec("x-user", null, null, List.of()));
        return new Route(
                Route.API_VERSION,
                new Route.ModelId(seen.namespace(), seen.name(), seen.uid()),
                0,
                tracks.seq(),
                tracks.stable().map(this::track).orElse(null),
                tracks.candidate().map(this::track).orElse(null),
                tracks.control().map(this::track).orElse(null),
                tracks.split(),
                tracks.matches(),
                tracks.fallback(),
                seen.spec().objectives().stream().map(Routes::objective).toList(),
                new Route.Stickiness(
                        Optional.ofNullable(stickiness.header()).orElse("x-user"),
                        Optional.ofNullable(stickiness.cookie()).orElse(""),
                        Boolean.TRUE.equals(stickiness.tokenSubject()),
                        stickiness.trustedProxies()),
                new Route.Comparison(
                        COMPARED, gateway.map(GatewaySpec::keepPairs).orElse(0)),
                Durations.parse(gateway.map(GatewaySpec::requestTimeout).orElse("10s"))
                        .toMillis());
    }

    private Route.Track track(String revision) {
        String version =
                seen.revision(revision).map(r -> r.revision().version()).orElse("");
        return new Route.Track(revision, revision, version);
    }

    private static Route.Objective objective(ObjectiveSpec spec) {
        String answerClass =
                spec.answerClass() == null ? "" : spec.answerClass().name().toLowerCase(java.util.Locale.ROOT);
        String percent = spec.target().replace("%", "");
        return spec.threshold() == null
                ? new Route.Objective(spec.name(), answerClass, "availability", percent, null)
                : new Route.Objective(
                        spec.name(),
                        answerClass,
                        "latency",
                        percent,
                        Durations.parse(spec.threshold()).toMillis());
    }
}
