package dev.ragops.runtime.http.access;

import dev.ragops.runtime.http.contract.Operation.Access;
import dev.ragops.runtime.http.contract.Problem;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Decides who comes in and with what rights. Behind a gateway the gateway shows the RagModel's token and passes the client's key on; by itself
 * the runtime takes the key from the client.
 */
public final class Door {
    private final Tokens tokens;
    private final ApiKeys keys;
    private final LongSupplier nanos;

    public Door(Tokens tokens, ApiKeys keys, LongSupplier nanos) {
        this.tokens = tokens;
        this.keys = keys;
        this.nanos = nanos;
    }

    /**
     * @param authorization what the caller showed; empty: nothing
     * @param passedOn what the caller's caller showed; believed only from one who has a token
     * @param counted whether the request is counted against a quota
     * @throws Problem 401, 403 or 429
     */
    public Grant enter(String authorization, String passedOn, Access access, boolean counted) {
        if (access == Access.OPEN) {
            return Grant.ALL;
        }
        if (tokens.wanted() && !tokens.allows(authorization)) {
            throw Problem.of(401, "Unauthorized", "this runtime wants the token of its RagModel as bearer token");
        }
        if (!keys.wanted()) {
            return Grant.ALL;
        }
        Grant grant = bearer(tokens.wanted() ? passedOn : authorization)
                .flatMap(keys::grant)
                .orElseThrow(() -> Problem.of(401, "Unauthorized", "send a valid API key: Authorization: Bearer rk_…"));
        if (access == Access.WRITE && !grant.writes()) {
            throw Problem.of(403, "Forbidden", "this key only reads");
        }
        if (counted && grant.quota().isPresent()) {
            Quota quota = grant.quota().get();
            if (!quota.take(nanos.getAsLong())) {
                throw Problem.quota(
                        "this key may ask " + quota.perSecond() + " times a second", quota.secondsUntilNext());
            }
        }
        return grant;
    }

    /** Whether the caller has shown the RagModel's token: what it says of the request beside the request itself is then believed. */
    public boolean isGateway(String authorization) {
        return tokens.wanted() && tokens.allows(authorization);
    }

    /** Of the tokens that open it now: what tells them apart, so that one is used only once it is known everywhere. */
    public List<String> tokenIds() {
        return tokens.ids();
    }

    private static Optional<String> bearer(String authorization) {
        return authorization.regionMatches(true, 0, "Bearer ", 0, 7)
                ? Optional.of(authorization.substring(7).strip())
                : Optional.empty();
    }
}
