/** What a runtime goes by: the bundle's rag.yaml with the overrides of the RagModel, as checked values. */
@NullMarked
package dev.ragops.runtime.config;

import org.jspecify.annotations.NullMarked;
