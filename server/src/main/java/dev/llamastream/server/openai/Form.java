package dev.llamastream.server.openai;

import java.util.List;

/** How an endpoint puts a generation into JSON. One for each request: it may remember things. */
interface Form {

  /** The whole answer. */
  Object whole(Piece all, String finishReason, Usage usage);

  /** The first events of a stream. */
  List<Object> opening();

  /** The event of a piece. */
  Object piece(Piece piece);

  /** The event of the end. */
  Object closing(String finishReason);

  /** The event of the usage, after the end. */
  Object usage(Usage usage);
}
