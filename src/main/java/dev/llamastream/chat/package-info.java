/**
 * Chat: messages in, an answer out, by the model's own template. Tools, answers that follow a JSON
 * schema, and thinking. JSON is text here.
 *
 * <p>{@link dev.llamastream.Generator#chat(ChatRequest)} starts an answer.
 */
@NullMarked
package dev.llamastream.chat;

import org.jspecify.annotations.NullMarked;
