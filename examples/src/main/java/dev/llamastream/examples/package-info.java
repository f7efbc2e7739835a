/** One short program for each way to stream text. */
@NullMarked
package dev.llamastream.examples;

import org.jspecify.annotations.NullMarked;
