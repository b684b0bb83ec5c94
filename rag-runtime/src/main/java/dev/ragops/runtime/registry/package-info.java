/** MLflow as runtimes need it: a version's files in, a bundle as a new version out. */
@NullMarked
package dev.ragops.runtime.registry;

import org.jspecify.annotations.NullMarked;
