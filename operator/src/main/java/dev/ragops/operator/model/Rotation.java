package dev.ragops.operator.model;

import dev.ragops.operator.gateway.EvidenceKeys;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How far the change of a model's keys is. A token is used only once every runtime accepts it, and the one before is worth nothing only once no gateway shows
 * it: so no request is refused on the way. It stands on the Secret, where another operator finds it.
 */
sealed interface Rotation {
    String TOKEN = "runtime-token";
    /** The other token that runtimes accept: the one before, or the one to come. */
    String OTHER_TOKEN = "runtime-token-previous";

    Rotation RESTING = new Resting();

    /** Nothing is on its way. */
    record Resting() implements Rotation {}

    /** Runtimes are told the token to come. */
    record Announced(Instant since) implements Rotation {}

    /** Gateways are told to show it. */
    record InUse(Instant since) implements Rotation {}

    /**
     * One stage further.
     *
     * @param fields of the Secret that change; an empty one goes
     * @param reason one word for the event
     */
    record Step(Rotation next, Map<String, String> fields, String reason, String message) {}

    /** @return empty while pods have to follow, or when nothing is wanted */
    default Optional<Step> step(
            Map<String, String> fields, boolean wanted, Holders holders, Instant at, Supplier<String> fresh) {
        Instant now = at.truncatedTo(ChronoUnit.SECONDS);
        String token = fields.getOrDefault(TOKEN, "");
        String other = fields.getOrDefault(OTHER_TOKEN, "");
        return switch (this) {
            case Resting _
            when wanted ->
                Optional.of(new Step(
                        new Announced(now),
                        Map.of(OTHER_TOKEN, fresh.get()),
                        "KeysAnnounced",
                        "runtimes are told a new token; gateways show it once all of them accept it"));
            case Announced announced
            when holders.allAccept(other, announced.since(), now) ->
                Optional.of(new Step(
                        new InUse(now),
                        Map.of(
                                TOKEN,
                                other,
                                OTHER_TOKEN,
                                token,
                                EvidenceKeys.CURRENT,
                                fresh.get(),
                                EvidenceKeys.PREVIOUS,
                                fields.getOrDefault(EvidenceKeys.CURRENT, "")),
                        "KeysInUse",
                        "every runtime accepts the new token; gateways are told to show it"));
            case InUse inUse
            when holders.allShow(token, inUse.since(), now) ->
                Optional.of(new Step(
                        RESTING,
                        Map.of(OTHER_TOKEN, fresh.get(), EvidenceKeys.PREVIOUS, ""),
                        "KeysRotated",
                        "every gateway shows the new token; the one before is worth nothing"));
            case Resting _, Announced _, InUse _ -> Optional.empty();
        };
    }

    /** As it stands on the Secret; empty at rest. */
    default String text() {
        return switch (this) {
            case Resting _ -> "";
            case Announced announced -> "announced " + announced.since();
            case InUse inUse -> "in-use " + inUse.since();
        };
    }

    /** What nobody of ours has written is rest. */
    static Rotation parse(String text) {
        String[] words = text.split(" ", 2);
        try {
            return switch (words[0]) {
                case "announced" -> new Announced(Instant.parse(words[1]));
                case "in-use" -> new InUse(Instant.parse(words[1]));
                default -> RESTING;
            };
        } catch (DateTimeParseException | ArrayIndexOutOfBoundsException edited) {
            return RESTING;
        }
    }
}
