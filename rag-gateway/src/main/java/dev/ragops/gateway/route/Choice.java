package dev.ragops.gateway.route;

import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * Is who answers one retrieval read, and who is asked beside without the user noticing.
 *
 * @param track that answers first
 * @param mirror that gets a copy
 * @param unsticky whether chance decided, for want of a key
 */
public record Choice(Track track, Optional<Track> mirror, boolean unsticky) {

    /** The places a revision can have in a route. */
    public enum Track {
        STABLE("stable"),
        CANDIDATE("candidate"),
        CONTROL("control");

        private final String wireName;

        Track(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }
    }

    /**
     * Chooses.
     *
     * @param ejected whether the gateway took the candidate out by itself
     * @param chance a bucket drawn at random
     */
    public static Choice of(Route route, Asker asker, boolean ejected, IntSupplier chance) {
        return switch (route.split().kind()) {
            case NONE -> stable();
            case SPLIT -> route.candidate().isEmpty() || ejected ? stable() : split(route, asker, chance);
            case SHADOW -> mirrored(route, Track.CANDIDATE, route.candidate().isPresent() && !ejected, chance);
            case CONTROL -> mirrored(route, Track.CONTROL, route.control().isPresent(), chance);
        };
    }

    private static Choice stable() {
        return new Choice(Track.STABLE, Optional.empty(), false);
    }

    private static Choice mirrored(Route route, Track to, boolean possible, IntSupplier chance) {
        return possible && chance.getAsInt() < route.split().buckets()
                ? new Choice(Track.STABLE, Optional.of(to), false)
                : stable();
    }

    private static Choice split(Route route, Asker asker, IntSupplier chance) {
        if (route.matches().stream().anyMatch(asker::shows)) {
            return new Choice(Track.CANDIDATE, Optional.empty(), false);
        }
        Optional<String> key = asker.key(route.stickiness());
        String revision = route.candidate().orElseThrow().revision();
        int bucket =
                key.map(value -> Buckets.of(route.model(), revision, value)).orElseGet(chance::getAsInt);
        Track track = bucket < route.split().buckets() ? Track.CANDIDATE : Track.STABLE;
        return new Choice(track, Optional.empty(), key.isEmpty());
    }
}
