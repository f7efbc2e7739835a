/** Prefixes on disk: their files, which of them there are, and the threads that read and write. */
@NullMarked
package dev.llamastream.internal.store;

import org.jspecify.annotations.NullMarked;
