@NullMarked
package dev.ragops.operator.rollout.judge;

import org.jspecify.annotations.NullMarked;
