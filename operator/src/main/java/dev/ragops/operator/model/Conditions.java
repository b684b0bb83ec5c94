package dev.ragops.operator.model;

import dev.ragops.api.v1alpha1.RagModelSpec;
import dev.ragops.operator.Durations;
import dev.ragops.operator.Transitions;
import dev.ragops.operator.registry.RegistryPoller;
import dev.ragops.operator.registry.Resolution;
import dev.ragops.operator.revision.Revision;
import dev.ragops.operator.route.Route;
import dev.ragops.operator.route.RouteFile;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The conditions of a RagModel: kstatus' Ready, Reconciling, Stalled, and what a person asks next. */
final class Conditions {
    private final Observation seen;
    private final Plan plan;
    private final Transitions transitions;
    private final List<Condition> conditions = new ArrayList<>();
    private final Optional<Route> route;
    private final Optional<Revisioned> stable;

    Conditions(Observation seen, Plan plan, long generation, List<Condition> before) {
        this.seen = seen;
        this.plan = plan;
        this.transitions = new Transitions(before, generation, seen.now());
        this.route = plan.file().map(RouteFile::route);
        this.stable = route.map(Route::stable).map(Route.Track::revision).flatMap(seen::revision);
    }

    List<Condition> all() {
        resolved();
        gatesPassed();
        routeApplied();
        rollbackReady();
        progress();
        conditions.sort(Comparator.comparing(Condition::getType));
        return List.copyOf(conditions);
    }

    private void resolved() {
        Duration interval = Durations.parse(seen.spec().registry().pollInterval(), Observation.DEFAULT_POLL_INTERVAL);
        Optional<RegistryPoller.Snapshot> old = seen.registry().filter(s -> s.isStaleAt(seen.now(), interval));
        if (old.isPresent()) {
            // Since when, and not for how long: a status that says the same is not written again.
            say(
                    "Resolved",
                    "Unknown",
                    "Stale",
                    "the registry has not been heard since " + old.get().at().truncatedTo(ChronoUnit.SECONDS)
                            + "; what it said then: " + words(old.get().resolution())
                            + (stable.isPresent() ? "; what runs goes on" : ""));
            return;
        }
        switch (seen.registry().map(RegistryPoller.Snapshot::resolution).orElse(null)) {
            case null -> say("Resolved", "Unknown", "Asking", "the registry has not answered yet");
            case Resolution.Found found -> say("Resolved", "True", "VersionFound", words(found));
            case Resolution.Failed failed ->
                say(
                        "Resolved",
                        "False",
                        failed.reason(),
                        words(failed) + (stable.isPresent() ? "; what runs goes on" : ""));
        }
    }

    private String words(Resolution resolution) {
        return switch (resolution) {
            case Resolution.Found found ->
                "version " + found.version() + " of " + seen.spec().model().name();
            case Resolution.Failed failed -> failed.message();
        };
    }

    private void gatesPassed() {
        if (plan.gate().isEmpty()) {
            boolean known = plan.target().isPresent();
            say(
                    "GatesPassed",
                    known ? "True" : "Unknown",
                    known ? "Passed" : "NoVersion",
                    known ? "" : "no version to check yet");
        } else {
            say("GatesPassed", "False", "GateFailed", String.join("; ", plan.gate()));
        }
    }

    private boolean applied() {
        return route.isPresent()
                && seen.applied()
                        .filter(a -> a.generation() == route.get().generation())
                        .map(a -> a.everywhere())
                        .orElse(false);
    }

    private void routeApplied() {
        if (route.isEmpty() || stable.isEmpty()) {
            say("RouteApplied", "Unknown", "NoRoute", "there is nothing to route to yet");
        } else if (applied()) {
            say(
                    "RouteApplied",
                    "True",
                    "Applied",
                    "every gateway applied generation " + route.get().generation());
        } else {
            List<String> lagging = seen.applied().map(a -> a.lagging()).orElse(List.of());
            say(
                    "RouteApplied",
                    "False",
                    lagging.isEmpty() ? "NoGateway" : "Lagging",
                    lagging.isEmpty()
                            ? "no gateway is ready yet"
                            : "not yet at generation " + route.get().generation() + ": " + String.join(", ", lagging));
        }
    }

    private void rollbackReady() {
        boolean cached = seen.spec().runtime() != null && seen.spec().runtime().bundleCache() != null;
        boolean warm = route.map(Route::control).isPresent()
                || route.map(Route::candidate).isPresent();
        if (cached) {
            say("RollbackReady", "True", "BundleCache", "bundles of kept revisions are cached");
        } else if (warm) {
            say("RollbackReady", "True", "Warm", "the revision to go back to has pods");
        } else {
            say(
                    "RollbackReady",
                    "False",
                    "NeedsRegistry",
                    "a pod that must start asks the registry for its bundle; set spec.runtime.bundleCache to be independent of it");
        }
    }

    private void progress() {
        Optional<Revision> target = plan.target();
        boolean settled = target.isPresent()
                && stable.map(s -> s.revision().equals(target.get())).orElse(false);
        boolean byItself = stable.isEmpty() || seen.spec().promotion() == RagModelSpec.Promotion.DIRECT;
        Optional<Revisioned> next = target.flatMap(t -> seen.revision(t.name()));
        boolean stuck = byItself && next.map(Revisioned::invalid).orElse(false) && !settled;
        if (seen.hindrance().isPresent()) {
            say(
                    "Stalled",
                    "True",
                    seen.hindrance().get().reason(),
                    seen.hindrance().get().message());
        } else if (stuck) {
            say(
                    "Stalled",
                    "True",
                    "InvalidBundle",
                    next.map(Revisioned::failure).orElse(""));
        } else if (stable.isEmpty() && refused().isPresent()) {
            say("Stalled", "True", refused().get().reason(), refused().get().message());
        } else {
            say("Stalled", "False", "Progressing", "");
        }
        boolean reconciling = byItself
                && !settled
                && target.isPresent()
                && !stuck
                && seen.hindrance().isEmpty();
        if (reconciling) {
            say(
                    "Reconciling",
                    "True",
                    "Starting",
                    next.map(Revisioned::failure)
                            .filter(failure -> !failure.isEmpty())
                            .orElse("waiting for pods of "
                                    + target.map(Revision::name).orElse("")));
        } else if (!settled && target.isPresent() && !byItself && seen.bound().isEmpty()) {
            say(
                    "Reconciling",
                    "False",
                    "NoRollout",
                    target.map(Revision::name).orElse("")
                            + " waits: no RagRollout names this model; make one, or set spec.promotion: Direct");
        } else {
            say("Reconciling", "False", settled ? "Realised" : "HandedOver", "");
        }
        ready();
    }

    private void ready() {
        if (seen.hindrance().isPresent() && !servingBefore()) {
            say(
                    "Ready",
                    "False",
                    seen.hindrance().get().reason(),
                    seen.hindrance().get().message());
        } else if (stable.isEmpty()) {
            say("Ready", "False", "NoStable", "no revision has become stable yet" + hold());
        } else if (stable.get().readyReplicas() == 0) {
            say(
                    "Ready",
                    "False",
                    "StableNotReady",
                    "no pod of " + stable.get().revision().name() + " is ready: "
                            + stable.get().failure());
        } else if (!applied() && !servingBefore()) {
            say("Ready", "False", "RouteNotApplied", "gateways have not applied the route yet");
        } else {
            say("Ready", "True", "Serving", "version " + stable.get().revision().version() + " serves");
        }
    }

    /** What the registry says that asking again does not change. */
    private Optional<Resolution.Failed> refused() {
        return failed().filter(failed -> !failed.transientProblem());
    }

    private Optional<Resolution.Failed> failed() {
        return seen.registry()
                .map(RegistryPoller.Snapshot::resolution)
                .flatMap(resolution ->
                        resolution instanceof Resolution.Failed failed ? Optional.of(failed) : Optional.empty());
    }

    /** What a first revision waits for, for the person who waits too. */
    private String hold() {
        if (plan.target().isPresent()) {
            return plan.frozen().isEmpty()
                    ? ": waiting for pods of " + plan.target().get().name()
                    : ": " + plan.frozen() + " keeps " + plan.target().get().name() + " from starting";
        }
        if (!plan.gate().isEmpty()) {
            return ": " + String.join("; ", plan.gate());
        }
        return failed().map(failed -> ": " + failed.message()).orElse("");
    }

    /** A change of the split under way does not make a serving model unready. */
    private boolean servingBefore() {
        return transitions.before().stream()
                .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
    }

    private void say(String type, String status, String reason, String message) {
        conditions.add(transitions.condition(type, status, reason, message));
    }
}
