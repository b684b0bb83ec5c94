/** Makes the committed CRD YAML from the Java types: the generator, and what its annotations cannot say. */
@NullMarked
package dev.ragops.api.crd;

import org.jspecify.annotations.NullMarked;
