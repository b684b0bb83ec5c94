@NullMarked
package dev.ragops.operator.rollout;

import org.jspecify.annotations.NullMarked;
