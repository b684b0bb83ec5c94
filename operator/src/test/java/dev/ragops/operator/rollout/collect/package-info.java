@NullMarked
package dev.ragops.operator.rollout.collect;

import org.jspecify.annotations.NullMarked;
