/**
 * The parts of OpenAI's HTTP API that a local model can serve: chat, completions, embeddings and
 * the list of models. What is not understood is ignored, as OpenAI does; what would be understood
 * and cannot be done is refused.
 */
@NullMarked
package dev.llamastream.server.openai;

import org.jspecify.annotations.NullMarked;
