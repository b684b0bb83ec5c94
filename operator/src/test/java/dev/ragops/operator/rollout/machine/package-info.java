@NullMarked
package dev.ragops.operator.rollout.machine;

import org.jspecify.annotations.NullMarked;
