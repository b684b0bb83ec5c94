/** What the API promises: openapi.json, the checks made from it, and the words for what breaks it. Knows no server. */
@NullMarked
package dev.ragops.runtime.http.contract;

import org.jspecify.annotations.NullMarked;
