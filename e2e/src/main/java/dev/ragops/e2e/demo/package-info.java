/**
 * The live run: one story told on a real cluster, with a screen a person likes to watch and a table that says what held.
 */
@NullMarked
package dev.ragops.e2e.demo;

import org.jspecify.annotations.NullMarked;
