/** The conversation of {@code llamastream chat}: what is typed, what is answered, and the rest. */
@NullMarked
package dev.llamastream.cli.chat;

import org.jspecify.annotations.NullMarked;
