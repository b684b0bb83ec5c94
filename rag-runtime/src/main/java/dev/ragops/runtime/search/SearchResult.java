package dev.ragops.runtime.search;

import java.util.List;

/**
 * What a query found.
 *
 * @param sequence of the view it read
 * @param embedNanos time spent encoding the question; 0 when it was not needed
 * @param searchNanos everything else
 */
public record SearchResult(List<SearchHit> hits, long sequence, long embedNanos, long searchNanos) {}
