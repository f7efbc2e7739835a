package dev.llamastream.server;

import java.util.concurrent.atomic.AtomicInteger;

/** {@code /stream}: a generation as Server-Sent Events. */
final class StreamHandler implements Handler {

  @Override
  public void handle(Request request) {
    try (ServedStream stream = request.open(GenerationFields.read(request.json()))) {
      SseWriter sse = request.sse();
      AtomicInteger index = new AtomicInteger();
      stream.forEachPiece(piece -> sse.data(frame(piece, index.getAndIncrement())));
      var last = Json.object().put("token", "").put("index", index.get()).put("done", true);
      GenerationFields.putEnd(last, stream);
      sse.data(Json.write(last));
    }
  }

  private static String frame(String piece, int index) {
    return "{\"token\":" + Json.quote(piece) + ",\"index\":" + index + ",\"done\":false}";
  }
}
