/** Short names of models: the table in the jar and the user's own. */
@NullMarked
package dev.llamastream.store.internal.alias;

import org.jspecify.annotations.NullMarked;
