package dev.llamastream.server.internal.ollama;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.LineWriter;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.spi.ModelLibrary;
import java.io.IOException;

/** {@code /api/pull}: downloads a model. A client that disconnects stops its pull. */
record PullHandler(ModelLibrary library) implements Handler {

  private static final String STATUS = "status";
  private static final String SUCCESS = Json.write(Json.object().put(STATUS, "success"));

  /**
   * Refuses to change the models of this machine, unless the server was started with --allow-pull.
   *
   * @throws ApiError 403
   */
  static void requireLibrary(ModelLibrary library) {
    if (library.equals(ModelLibrary.NONE)) {
      throw ApiError.refused(
          403,
          "not_allowed",
          "this server does not pull or delete models: 'llamastream serve --allow-pull' allows it");
    }
  }

  @Override
  public void handle(Request request) {
    requireLibrary(library);
    RequestJson json = request.json();
    String name = ModelNames.readEither(json);
    boolean stream = json.bool("stream", true);
    // Ollama's registry needs neither; both are secrets, so they go nowhere
    json.text("username", "");
    json.text("password", "");
    OtherFields.check(json);
    if (!stream) {
      pull(name, new Quiet(request));
      request.reply(200, SUCCESS);
      return;
    }
    LineWriter out = request.lines();
    out.line(Json.write(Json.object().put(STATUS, "pulling manifest")));
    pull(name, new Progress(out, "sha256:" + ModelDetails.sha256(name)));
    out.line(SUCCESS);
  }

  private void pull(String name, ModelLibrary.Listener listener) {
    try {
      library.pull(name, listener);
    } catch (IOException e) {
      throw new ApiError(500, "server_error", "pull_failed", String.valueOf(e.getMessage()));
    }
  }

  /**
   * Writes a line for each step.
   *
   * @param digest tells the client which lines belong together; not the hash of a file
   */
  private record Progress(LineWriter out, String digest) implements ModelLibrary.Listener {
    @Override
    public boolean onProgress(long doneBytes, long totalBytes) {
      ObjectNode line =
          Json.object()
              .put(STATUS, "pulling " + digest.substring("sha256:".length()).substring(0, 12))
              .put("digest", digest);
      if (totalBytes >= 0) {
        line.put("total", totalBytes);
      }
      out.line(Json.write(line.put("completed", doneBytes)));
      return true;
    }

    @Override
    public void onWait(String reason) {
      out.line(Json.write(Json.object().put(STATUS, reason)));
    }
  }

  /** For a client that wants no progress. */
  private record Quiet(Request request) implements ModelLibrary.Listener {
    @Override
    public boolean onProgress(long doneBytes, long totalBytes) {
      return !request.isGone();
    }

    @Override
    public void onWait(String reason) {}
  }
}
