/** What gateway pods say they have applied, asked in the background. */
@NullMarked
package dev.ragops.operator.gateway;

import org.jspecify.annotations.NullMarked;
