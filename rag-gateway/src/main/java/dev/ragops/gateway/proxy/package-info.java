/** From a user's request to an answer: attempts on pods, the second try, the fallback, the mirror. One event loop; nothing here blocks. */
@NullMarked
package dev.ragops.gateway.proxy;

import org.jspecify.annotations.NullMarked;
