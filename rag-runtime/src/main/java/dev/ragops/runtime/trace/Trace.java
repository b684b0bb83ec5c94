package dev.ragops.runtime.trace;

import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.slf4j.MDC;

/**
 * What ties one request's lines together, here and elsewhere: carried when it came with the request, made when not.
 *
 * @param traceparent W3C Trace Context, version 00
 * @param tracestate what tracing systems add for themselves; it goes with the traceparent it came with
 */
public record Trace(String traceparent, Optional<String> tracestate, String requestId) {
    private static final int SPAN_END = 52;

    private static final Pattern TRACEPARENT =
            Pattern.compile("[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
    private static final Pattern TRACESTATE = Pattern.compile("[\\x20-\\x7e]{1,512}");
    private static final Pattern REQUEST_ID = Pattern.compile("[\\x21-\\x7e]{1,128}");

    /** @param traceparent, tracestate and requestId as they came, in any form */
    public static Trace of(Optional<String> traceparent, Optional<String> tracestate, Optional<String> requestId) {
        Optional<String> valid =
                traceparent.filter(given -> TRACEPARENT.matcher(given).matches());
        return new Trace(
                valid.orElseGet(() -> "00-" + hex(2) + "-" + hex(1) + "-00"),
                valid.flatMap(_ -> tracestate)
                        .filter(given -> TRACESTATE.matcher(given).matches()),
                requestId.filter(given -> REQUEST_ID.matcher(given).matches()).orElseGet(() -> hex(1)));
    }

    /** For a request that nobody made. */
    public static Trace none() {
        return of(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** For a call to another server on behalf of this request: the same trace, a span of its own. */
    public Trace child() {
        String flags = traceparent.substring(SPAN_END);
        return new Trace("00-" + traceId() + "-" + hex(1) + flags, tracestate, requestId);
    }

    public String traceId() {
        return traceparent.substring(3, 35);
    }

    /** So many times 16 hex digits, never all zero. */
    private static String hex(int longs) {
        StringBuilder hex = new StringBuilder(16 * longs);
        for (int i = 0; i < longs; i++) {
            hex.append(Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE));
        }
        return hex.toString();
    }

    /** Puts the ids into every log line of this thread until closed. */
    public Lines inLog() {
        MDC.put("traceId", traceId());
        MDC.put("requestId", requestId);
        return new Lines();
    }

    /** The log lines of one request. */
    public static final class Lines implements AutoCloseable {
        @Override
        public void close() {
            MDC.remove("traceId");
            MDC.remove("requestId");
        }
    }
}
