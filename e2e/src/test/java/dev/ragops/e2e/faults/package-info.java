/** The misbehaving registries misbehave as said. */
@NullMarked
package dev.ragops.e2e.faults;

import org.jspecify.annotations.NullMarked;
