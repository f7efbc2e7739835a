/** What a KV cache holds: which tokens it can reuse for a prompt, and how it is saved. */
@NullMarked
package dev.llamastream.internal.cache;

import org.jspecify.annotations.NullMarked;
