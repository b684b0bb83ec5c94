package dev.ragops.gateway.proxy;

import dev.ragops.gateway.admin.GatewayMetrics;
import dev.ragops.gateway.evidence.Books;
import dev.ragops.gateway.evidence.Comparison;
import dev.ragops.gateway.evidence.Ejection;
import dev.ragops.gateway.evidence.Event;
import dev.ragops.gateway.route.Choice.Track;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Logger;

/** Writes down what each track did and what each user got, and takes the candidate out where that says so. */
final class Ledger {
    private static final Logger LOG = Logger.getLogger(Ledger.class.getName());

    private final Books books;
    private final GatewayMetrics metrics;
    /** What each track answers each kind of question with: who fails or is left waiting cannot say it any more. */
    private final Map<String, String> lastClass = new HashMap<>();

    Ledger(Books books, GatewayMetrics metrics) {
        this.books = books;
        this.metrics = metrics;
    }

    Books books() {
        return books;
    }

    /**
     * What an attempt says of its track, as if its user had stayed. A revision on trial that has no pod just then was not asked, which says nothing of it: its
     * rollout waits for evidence. Of stable it says that users have nobody.
     */
    Event event(Exchange exchange, Track track, Attempt attempt) {
        String key = track.wireName() + exchange.kind();
        Optional<String> named = attempt.answerClass();
        if (named.isPresent() && attempt.isGood()) {
            lastClass.put(key, named.get());
        }
        String answerClass = named.orElseGet(() -> lastClass.getOrDefault(key, Event.RETRIEVAL));
        Event.Ending ending = track != Track.STABLE && attempt.isAbsence() ? Event.Ending.EXCLUDED : attempt.ending();
        return new Event(ending, answerClass, attempt.millis());
    }

    /** Counts a track's own first attempt; a stream is counted when it ends. */
    void first(Exchange exchange, Track track, Attempt attempt) {
        if (!(attempt instanceof Attempt.Streaming)) {
            add(exchange, track, exchange.user().asSeen(event(exchange, track, attempt), exchange.route()));
        }
    }

    void add(Exchange exchange, Track track, Event event) {
        exchange.generation().add(track, event);
        if (track == Track.STABLE && event.ending() != Event.Ending.EXCLUDED) {
            boolean bad = event.isError() || exchange.route().isTooSlow(event.answerClass(), event.latencyMillis());
            books.guard().stable(now(), bad, event.ending() == Event.Ending.SHED);
        }
    }

    /** A copy's answer, which is evidence once the candidate is warm. */
    void mirrored(Exchange exchange, Track track, Event event) {
        exchange.generation().add(track, books.warmUp().isOn(now()) ? event.excluded() : event);
        metrics.mirrored("answered");
    }

    void mirrorShed(Exchange exchange) {
        exchange.generation().mirrorShed();
        metrics.mirrored("shed");
    }

    /** Of a cold candidate neither: the difference in latency would be one of compilers. */
    void compared(Exchange exchange, Comparison comparison, double differenceMillis) {
        if (!books.warmUp().isOn(now())) {
            exchange.generation().compare(comparison, differenceMillis);
        }
        metrics.mirrored("compared");
    }

    boolean mayMirror() {
        return books.guard().mayMirror(now());
    }

    /** The candidate was asked for a user; says so to the guard, which may find that it was once too often. */
    void candidate(boolean fellBack) {
        books.guard().candidate(now(), fellBack);
        Optional<Ejection> made = books.considerEjection(now());
        made.ifPresent(ejection -> {
            metrics.ejected();
            LOG.warning("ejected the candidate " + ejection.revision() + ": " + ejection.reason());
        });
    }

    void retried() {
        metrics.retried();
    }

    /** Counts what a user got; one who left got nothing, by choice. */
    void user(Exchange exchange, Track answeredBy, boolean served, boolean fallback) {
        if (exchange.user().hasLeft()) {
            return;
        }
        exchange.generation().user(served, fallback, exchange.choice().unsticky());
        metrics.answered(answeredBy, served, fallback, exchange.user().sinceAskedMillis() / 1000);
        if (answeredBy == Track.CANDIDATE && exchange.choice().track() == Track.STABLE) {
            metrics.stoodIn();
        }
    }

    private static long now() {
        return System.currentTimeMillis();
    }
}
