/** What all sources of models have in common. */
@NullMarked
package dev.llamastream.store.internal.source;

import org.jspecify.annotations.NullMarked;
