@NullMarked
package dev.ragops.operator.gateway;

import org.jspecify.annotations.NullMarked;
