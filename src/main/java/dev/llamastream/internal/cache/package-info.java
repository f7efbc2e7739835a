/** The content of a KV cache: which tokens a prompt can reuse, and how the cache is saved. */
@NullMarked
package dev.llamastream.internal.cache;

import org.jspecify.annotations.NullMarked;
