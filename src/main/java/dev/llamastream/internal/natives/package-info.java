/** Finds and loads libllama, and handles its log and its errors. */
@NullMarked
package dev.llamastream.internal.natives;

import org.jspecify.annotations.NullMarked;
