/** Other places that have the very same file. */
@NullMarked
package dev.llamastream.store.internal.mirror;

import org.jspecify.annotations.NullMarked;
