package dev.llamastream.server.internal.ollama;

import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.spi.ModelLibrary;
import java.io.IOException;
import java.util.Map;

/**
 * {@code /api/delete}: removes a model from this machine. A model in use stays usable where the
 * system allows it.
 */
record DeleteHandler(ModelLibrary library) implements Handler {

  @Override
  public void handle(Request request) {
    PullHandler.requireLibrary(library);
    RequestJson json = request.json();
    String name = ModelNames.readEither(json);
    OtherFields.check(json);
    try {
      if (!library.delete(name)) {
        throw ModelNames.notFound(name);
      }
    } catch (IOException e) {
      throw new ApiError(500, "server_error", "delete_failed", String.valueOf(e.getMessage()));
    }
    request.reply(200, "", Map.of(), new byte[0]);
  }
}
