package dev.ragops.runtime.http.serve;

import dev.ragops.runtime.answer.Answerer;
import dev.ragops.runtime.config.RagConfig;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.search.Searcher;
import dev.ragops.runtime.view.Follower;

/** Everything behind the API that answers. */
public record Engine(RagConfig config, Embedder embedder, Follower follower, Searcher searcher, Answerer answerer) {}
