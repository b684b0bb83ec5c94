package dev.ragops.e2e.faults;

import java.util.Locale;
import java.util.Optional;

/** Is one way a server at the registry's address can be wrong; the first part of the path chooses it. */
public enum Fault {
    /** The answer of an MLflow that was not told its own name. */
    HOST_CHECK(403, "text/plain", "Invalid Host header - possible DNS rebinding attack detected"),
    UNAUTHORIZED(401, "text/plain", "You are not authenticated. Please see documentation."),
    FORBIDDEN(403, "text/plain", "Permission denied"),
    BROKEN(500, "application/json", "{\"error_code\": \"INTERNAL_ERROR\", \"message\": \"database is locked\"}"),
    /** Some other web server. */
    STRANGER(200, "text/html", "<html><body>It works!</body></html>"),
    NOT_FOUND(404, "text/html", "<html><body>404 page not found</body></html>"),
    /** Takes the question and never answers. */
    HANG(0, "", "");

    private final int status;
    private final String contentType;
    private final String body;

    Fault(int status, String contentType, String body) {
        this.status = status;
        this.contentType = contentType;
        this.body = body;
    }

    int status() {
        return status;
    }

    String contentType() {
        return contentType;
    }

    String body() {
        return body;
    }

    /** {@code host-check}. */
    public String path() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<Fault> of(String requestPath) {
        String first = requestPath.replaceFirst("^/", "").replaceFirst("/.*$", "");
        for (Fault fault : values()) {
            if (fault.path().equals(first)) {
                return Optional.of(fault);
            }
        }
        return Optional.empty();
    }
}
