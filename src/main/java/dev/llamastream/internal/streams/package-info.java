/** What all streams have in common: pulled by a consumer, or published to a subscriber. */
@NullMarked
package dev.llamastream.internal.streams;

import org.jspecify.annotations.NullMarked;
