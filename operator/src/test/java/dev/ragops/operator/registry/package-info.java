@NullMarked
package dev.ragops.operator.registry;

import org.jspecify.annotations.NullMarked;
