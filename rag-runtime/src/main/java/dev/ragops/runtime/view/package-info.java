/**
 * From documents to what a query reads. {@code Follower} turns the wheel: an {@code Assembly} reads pages, {@code PassageReader} cuts them,
 * {@code PassageVectors} looks up or makes their vectors while {@code Pipeline} reads ahead, and the index takes them in order.
 */
@NullMarked
package dev.ragops.runtime.view;

import org.jspecify.annotations.NullMarked;
