/** The API: requests in, problems or answers out. */
@NullMarked
package dev.ragops.runtime.http;

import org.jspecify.annotations.NullMarked;
