/**
 * The HTTP API of llama.cpp's own server: completions, infill, tokens, templates and what the
 * server says of itself. Fields without effect are ignored. Fields that would change the response
 * but are not supported are refused.
 */
@NullMarked
package dev.llamastream.server.internal.llamacpp;

import org.jspecify.annotations.NullMarked;
