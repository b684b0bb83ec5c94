/** The arithmetic behind the closing table. */
@NullMarked
package dev.ragops.e2e.report;

import org.jspecify.annotations.NullMarked;
