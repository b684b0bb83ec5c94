package dev.ragops.gateway.route;

import java.util.regex.Pattern;

/** Tells apart what may be split, mirrored and asked again, and what only stable may see. */
public enum RouteClass {
    /** A question: reading it twice changes nothing. */
    RETRIEVAL_READ,
    /** Writes, streams of documents, feedback, and everything unknown. */
    STABLE_ONLY;

    private static final Pattern READ =
            Pattern.compile("/query|/retrieve|/v1/vector_stores/[^/]+/search|/v1/chat/completions");

    private static final String STORES = "/v1/vector_stores/";

    /** The kinds of retrieval reads: the path without what names a collection. */
    public static String kind(String path) {
        return path.startsWith(STORES) ? STORES : path;
    }

    public static RouteClass of(String method, String path) {
        return method.equals("POST") && READ.matcher(path).matches() ? RETRIEVAL_READ : STABLE_ONLY;
    }
}
