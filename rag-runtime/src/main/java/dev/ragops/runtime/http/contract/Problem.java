package dev.ragops.runtime.http.contract;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** An error for the one who called (RFC 9457): what was wrong, where, what to do. */
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final int status;
    private final String title;
    private final Optional<String> field;
    private final Optional<Integer> retryAfterSeconds;
    private final boolean quota;

    private Problem(
            int status,
            String title,
            String detail,
            Optional<String> field,
            Optional<Integer> retryAfterSeconds,
            boolean quota) {
        super(detail, null, false, false);
        this.status = status;
        this.title = title;
        this.field = field;
        this.retryAfterSeconds = retryAfterSeconds;
        this.quota = quota;
    }

    public static Problem of(int status, String title, String detail) {
        return new Problem(status, title, detail, Optional.empty(), Optional.empty(), false);
    }

    /** A request that cannot be, because of one field. */
    public static Problem field(String field, String detail) {
        return new Problem(400, "Bad request", field + " " + detail, Optional.of(field), Optional.empty(), false);
    }

    /** The caller has used up what its key may ask for; nobody else is short of anything. */
    public static Problem quota(String detail, int retryAfterSeconds) {
        return new Problem(429, "Too many requests", detail, Optional.empty(), Optional.of(retryAfterSeconds), true);
    }

    /** Not now: the caller should come back. */
    public static Problem later(String title, String detail) {
        return new Problem(503, title, detail, Optional.empty(), Optional.of(1), false);
    }

    public String detail() {
        return String.valueOf(getMessage());
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    public Optional<String> field() {
        return field;
    }

    public boolean isQuota() {
        return quota;
    }

    public Optional<Integer> retryAfterSeconds() {
        return retryAfterSeconds;
    }

    public String json() {
        ObjectNode body = JSON.createObjectNode()
                .put("type", "about:blank")
                .put("title", title)
                .put("status", status)
                .put("detail", detail());
        field.ifPresent(name -> body.put("field", name));
        return body.toString();
    }
}
