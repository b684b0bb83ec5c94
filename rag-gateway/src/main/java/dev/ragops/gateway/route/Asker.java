package dev.ragops.gateway.route;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Is who asks, as far as the request shows it.
 *
 * @param header value of a header, null when absent
 * @param remoteAddress of the connection
 */
public record Asker(Function<String, @org.jspecify.annotations.Nullable String> header, String remoteAddress) {

    /** What keeps this user on one track; empty when nothing configured is there. */
    public Optional<String> key(Route.Stickiness stickiness) {
        return header(stickiness.header())
                .or(() -> cookie(stickiness.cookie()))
                .or(() -> stickiness.tokenSubject() ? subject() : Optional.empty())
                .or(() -> address(stickiness));
    }

    boolean shows(Route.Match match) {
        return header(match.header()).filter(match.value()::equals).isPresent();
    }

    private Optional<String> header(String name) {
        return name.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(header.apply(name)).filter(value -> !value.isEmpty());
    }

    private Optional<String> cookie(String name) {
        if (name.isEmpty()) {
            return Optional.empty();
        }
        return header("cookie").flatMap(cookies -> {
            for (String one : cookies.split(";", -1)) {
                int equals = one.indexOf('=');
                if (equals > 0 && one.substring(0, equals).strip().equals(name)) {
                    return Optional.of(one.substring(equals + 1).strip());
                }
            }
            return Optional.empty();
        });
    }

    /** Subject of a bearer token. Not verified: a forged one only chooses a bucket. */
    private Optional<String> subject() {
        return header("authorization")
                .filter(value -> value.startsWith("Bearer "))
                .flatMap(value -> {
                    String[] parts = value.substring("Bearer ".length()).split("\\.", -1);
                    if (parts.length != 3) {
                        return Optional.empty();
                    }
                    try {
                        String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
                        return Optional.ofNullable(new JsonObject(claims).getString("sub"));
                    } catch (RuntimeException e) {
                        return Optional.empty();
                    }
                });
    }

    /** The address nearest to us that is no trusted proxy, as those report it: what a client wrote further left is not believed. */
    private Optional<String> address(Route.Stickiness stickiness) {
        List<String> trusted = stickiness.trustedProxies();
        if (trusted.isEmpty() || !Networks.contain(trusted, remoteAddress)) {
            return Optional.empty();
        }
        return header("x-forwarded-for")
                .flatMap(value -> Arrays.asList(value.split(",", -1)).reversed().stream()
                        .map(String::strip)
                        .filter(address -> !address.isEmpty() && !Networks.contain(trusted, address))
                        .findFirst());
    }
}
