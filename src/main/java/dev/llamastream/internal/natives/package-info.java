/** Where libllama is found and loaded, and what it logs and reports. */
@NullMarked
package dev.llamastream.internal.natives;

import org.jspecify.annotations.NullMarked;
