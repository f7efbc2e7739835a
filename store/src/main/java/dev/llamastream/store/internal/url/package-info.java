/** Models from plain web servers. */
@NullMarked
package dev.llamastream.store.internal.url;

import org.jspecify.annotations.NullMarked;
