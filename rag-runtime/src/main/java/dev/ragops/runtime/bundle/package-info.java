/** The files of a registered version: reading, proving and making them. No network comes in here; registry brings the files. */
@NullMarked
package dev.ragops.runtime.bundle;

import org.jspecify.annotations.NullMarked;
