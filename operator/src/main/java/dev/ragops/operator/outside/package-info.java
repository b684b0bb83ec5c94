/** How servers that are not ours are asked: bounded in time and size, and with Secrets that were labelled for it. */
@NullMarked
package dev.ragops.operator.outside;

import org.jspecify.annotations.NullMarked;
