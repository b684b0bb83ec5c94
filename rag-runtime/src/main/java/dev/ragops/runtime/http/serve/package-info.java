/** What every shape of the API shares: a call, asking, writing, shedding load, writing JSON. */
@NullMarked
package dev.ragops.runtime.http.serve;

import org.jspecify.annotations.NullMarked;
