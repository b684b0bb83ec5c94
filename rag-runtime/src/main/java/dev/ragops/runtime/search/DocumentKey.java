package dev.ragops.runtime.search;

/** One document of a view. */
public record DocumentKey(String collection, String id) {}
