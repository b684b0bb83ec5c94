/** The control plane: {@code registry} resolves, {@code model} realises, {@code rollout} decides. */
@NullMarked
package dev.ragops.operator;

import org.jspecify.annotations.NullMarked;
