/** What the model registry says, asked in the background and kept as snapshots with their time. Nothing here touches a cluster. */
@NullMarked
package dev.ragops.operator.registry;

import org.jspecify.annotations.NullMarked;
