/** Registries that misbehave on purpose, as a pod: what a real MLflow will not do on demand. JDK only. */
@NullMarked
package dev.ragops.e2e.faults;

import org.jspecify.annotations.NullMarked;
