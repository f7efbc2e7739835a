/** What several parts of the store use. */
@NullMarked
package dev.llamastream.store.internal;

import org.jspecify.annotations.NullMarked;
