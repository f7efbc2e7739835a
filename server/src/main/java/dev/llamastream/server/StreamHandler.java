package dev.llamastream.server;

/** {@code /stream}: a generation as Server-Sent Events. */
final class StreamHandler implements Handler {

  @Override
  public void handle(Request request) {
    try (ServedStream stream = request.open(GenerationFields.read(request.json()))) {
      SseWriter sse = request.sse();
      int index = 0;
      while (stream.hasNext()) {
        sse.data(
            "{\"token\":" + Json.quote(stream.next()) + ",\"index\":" + index + ",\"done\":false}");
        index++;
      }
      var last = Json.object().put("token", "").put("index", index).put("done", true);
      GenerationFields.putEnd(last, stream);
      sse.data(Json.write(last));
    }
  }
}
