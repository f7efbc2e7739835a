/**
 * Anthropic's API: messages, the count of their tokens, and the list of models. This package reads
 * requests and writes responses.
 */
@NullMarked
package dev.llamastream.server.internal.anthropic;

import org.jspecify.annotations.NullMarked;
