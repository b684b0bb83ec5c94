@NullMarked
package dev.ragops.operator.rollout.wire;

import org.jspecify.annotations.NullMarked;
