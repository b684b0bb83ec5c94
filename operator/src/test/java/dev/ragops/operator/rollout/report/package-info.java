@NullMarked
package dev.ragops.operator.rollout.report;

import org.jspecify.annotations.NullMarked;
