package dev.llamastream.server.internal.http;

import dev.llamastream.server.internal.json.GenerationFields;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.streams.ServedStream;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code /stream}: a generation as Server-Sent Events. */
public final class StreamHandler implements Handler {

  @Override
  public void handle(Request request) {
    try (ServedStream stream = request.open(GenerationFields.read(request.json()))) {
      SseWriter sse = request.sse();
      AtomicInteger index = new AtomicInteger();
      stream.forEachPiece(piece -> sse.data(frame(piece, index.getAndIncrement())));
      var last = Json.object().put("token", "").put("index", index.get()).put("done", true);
      StreamEnd.put(last, stream);
      sse.data(Json.write(last));
    }
  }

  private static String frame(String piece, int index) {
    return "{\"token\":" + Json.quote(piece) + ",\"index\":" + index + ",\"done\":false}";
  }
}
