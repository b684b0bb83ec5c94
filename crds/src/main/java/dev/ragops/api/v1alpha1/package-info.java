/**
 * The API group {@code ragops.dev/v1alpha1}: values as a cluster stores them. Every rule that can be stated stands here as a schema or CEL
 * rule; no behaviour comes in. Unknown fields are ignored, so that an older operator can read what a newer one stored.
 */
@NullMarked
package dev.ragops.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
