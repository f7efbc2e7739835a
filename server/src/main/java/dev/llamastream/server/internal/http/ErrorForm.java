package dev.llamastream.server.internal.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.internal.json.ApiError;

/** How an API writes its errors. Used by any thread. */
@FunctionalInterface
public interface ErrorForm {

  /** OpenAI's form, which all paths have by default. */
  ErrorForm OPENAI = (error, _) -> error.body();

  /** The body of a response that is this error. */
  ObjectNode body(ApiError error, RequestHead request);
}
