@NullMarked
package dev.ragops.operator.rollout.plan;

import org.jspecify.annotations.NullMarked;
