/**
 * The parts of OpenAI's HTTP API that a local model can serve: chat, completions, embeddings and
 * the list of models. What llama.cpp and vLLM add to it is taken under their names. What asks for
 * nothing is ignored; what would change the answer and is not done is refused.
 */
@NullMarked
package dev.llamastream.server.internal.openai;

import org.jspecify.annotations.NullMarked;
