package dev.ragops.runtime.embed;

/** What a query cache has done since the start, for metrics. */
public record CacheStats(long hits, long misses, long entries) {
    public static final CacheStats NONE = new CacheStats(0, 0, 0);
}
