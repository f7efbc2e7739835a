/** The common part of all streams, which a consumer pulls or a publisher delivers. */
@NullMarked
package dev.llamastream.internal.streams;

import org.jspecify.annotations.NullMarked;
