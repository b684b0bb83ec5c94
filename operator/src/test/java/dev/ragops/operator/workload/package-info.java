@NullMarked
package dev.ragops.operator.workload;

import org.jspecify.annotations.NullMarked;
