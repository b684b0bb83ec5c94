/**
 * The end-to-end tests, on a real cluster with a real MLflow; {@code make e2e} runs them. Each class has a namespace of its
 * own, and an alias of the registered model named like it, so that none disturbs another.
 */
@NullMarked
package dev.ragops.e2e.scenario;

import org.jspecify.annotations.NullMarked;
