/**
 * How good a ranking is: BEIR folders, metrics, intervals, tuning. A library; printing belongs to the command line.
 */
@NullMarked
package dev.ragops.runtime.evaluate;

import org.jspecify.annotations.NullMarked;
