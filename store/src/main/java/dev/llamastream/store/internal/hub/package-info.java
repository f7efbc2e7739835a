/** Hugging Face: its API, and the cache that it shares with other programs. */
@NullMarked
package dev.llamastream.store.internal.hub;

import org.jspecify.annotations.NullMarked;
