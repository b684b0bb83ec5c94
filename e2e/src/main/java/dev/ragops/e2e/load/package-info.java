/**
 * The load generator that runs as a pod beside the users' applications: open loop, every answer counted, nothing of the
 * cluster known. It may use the JDK and Jackson only.
 */
@NullMarked
package dev.ragops.e2e.load;

import org.jspecify.annotations.NullMarked;
