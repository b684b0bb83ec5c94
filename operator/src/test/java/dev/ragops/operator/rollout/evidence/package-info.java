@NullMarked
package dev.ragops.operator.rollout.evidence;

import org.jspecify.annotations.NullMarked;
