/** The model's input for a stream: a prompt in cells, and the tokens generated after it. */
@NullMarked
package dev.llamastream.internal.prompt;

import org.jspecify.annotations.NullMarked;
