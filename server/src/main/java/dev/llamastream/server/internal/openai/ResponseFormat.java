package dev.llamastream.server.internal.openai;

import java.util.List;

/**
 * Converts the choices of a response to an endpoint's JSON. Each choice has an index. Use one
 * instance per request, because it may hold state.
 */
interface ResponseFormat {

  /** A finished choice. */
  record Ended(TextChunk all, String finishReason) {}

  /** The whole response, with all choices in order. */
  Object whole(List<Ended> choices, Usage usage);

  /** The first events of a choice. */
  List<Object> opening(int index);

  /** The event of a piece of text. */
  Object piece(int index, TextChunk piece);

  /** The event that ends a choice. */
  Object closing(int index, String finishReason);

  /** The event of the token counts, after all choices have ended. */
  Object usage(Usage usage);
}
