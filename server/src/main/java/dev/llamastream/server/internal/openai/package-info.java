/**
 * The parts of OpenAI's HTTP API that a local model can serve: chat, completions, embeddings and
 * the list of models. Extensions of llama.cpp and vLLM are supported under their names. Fields
 * without effect are ignored. Fields that would change the response but are not supported are
 * refused.
 */
@NullMarked
package dev.llamastream.server.internal.openai;

import org.jspecify.annotations.NullMarked;
