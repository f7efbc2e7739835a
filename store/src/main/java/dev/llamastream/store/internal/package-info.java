/** What the sources of models have in common. */
@NullMarked
package dev.llamastream.store.internal;

import org.jspecify.annotations.NullMarked;
