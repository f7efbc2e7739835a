package dev.llamastream.server.internal.openai;

import java.util.List;

/**
 * How an endpoint puts the choices of an answer into JSON, each with its index. One for each
 * request: it may remember things.
 */
interface ResponseFormat {

  /** A choice that has ended. */
  record Ended(TextChunk all, String finishReason) {}

  /** The whole answer: all choices, in their order. */
  Object whole(List<Ended> choices, Usage usage);

  /** The first events of a choice. */
  List<Object> opening(int index);

  /** The event of a piece. */
  Object piece(int index, TextChunk piece);

  /** The event of a choice's end. */
  Object closing(int index, String finishReason);

  /** The event of the usage, after the end. */
  Object usage(Usage usage);
}
