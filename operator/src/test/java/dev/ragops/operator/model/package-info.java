@NullMarked
package dev.ragops.operator.model;

import org.jspecify.annotations.NullMarked;
