/**
 * Ollama's HTTP API: chat, generation, embeddings, and the models. Errors are {@code
 * {"error":"..."}}. Fields without effect are ignored. Fields that would change the response but
 * are not supported are refused.
 */
@NullMarked
package dev.llamastream.server.internal.ollama;

import org.jspecify.annotations.NullMarked;
