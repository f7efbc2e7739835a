/** From a chat request to a generation, and from its tokens to an answer. */
@NullMarked
package dev.llamastream.internal.chat;

import org.jspecify.annotations.NullMarked;
