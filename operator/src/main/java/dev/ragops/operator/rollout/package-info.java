/**
 * The RagRollout half of the control plane: observe, decide, write the status. The deciding itself lives in {@code machine}, {@code judge},
 * {@code plan} and {@code evidence}, which know neither Kubernetes nor a clock; here stands what carries values between them and the world.
 */
@NullMarked
package dev.ragops.operator.rollout;

import org.jspecify.annotations.NullMarked;
