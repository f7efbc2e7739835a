/** The parts of the HTTP API of llama.cpp's server that are its own. */
@NullMarked
package dev.llamastream.server.internal.llamacpp;

import org.jspecify.annotations.NullMarked;
