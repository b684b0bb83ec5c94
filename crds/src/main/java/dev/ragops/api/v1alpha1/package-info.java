/** The types of the API group {@code ragops.dev/v1alpha1}. */
@NullMarked
package dev.ragops.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
