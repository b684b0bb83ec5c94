/** The shapes that OpenAI clients speak: models, embeddings, chat completions, vector-store search. */
@NullMarked
package dev.ragops.runtime.http.openai;

import org.jspecify.annotations.NullMarked;
