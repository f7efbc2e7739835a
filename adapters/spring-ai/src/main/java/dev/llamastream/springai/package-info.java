/** Spring AI's models over llamastream. */
@NullMarked
package dev.llamastream.springai;

import org.jspecify.annotations.NullMarked;
