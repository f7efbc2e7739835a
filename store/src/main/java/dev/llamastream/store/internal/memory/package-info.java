/** How much memory a model and its context take, worked out from the model's file. */
@NullMarked
package dev.llamastream.store.internal.memory;

import org.jspecify.annotations.NullMarked;
