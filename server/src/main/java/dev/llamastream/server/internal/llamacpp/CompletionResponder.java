package dev.llamastream.server.internal.llamacpp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.http.SseWriter;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.streams.ServedStreams;
import dev.llamastream.server.internal.streams.ServedText;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/** Generates completions concurrently. Sends them as one response or as events. */
final class CompletionResponder {

  private CompletionResponder() {}

  /** Says early whether the response is a stream: {@link Request#streams}. */
  static void announce(Request request) {
    if (request.json().bool("stream", false)) {
      request.streams(() -> begin(request));
    }
  }

  private static SseWriter begin(Request request) {
    SseWriter sse = request.sse();
    sse.onError(error -> "data: " + Json.write(LlamaCppError.body(error)) + "\n\n");
    return sse;
  }

  static void give(Request request, CompletionRequest asked) {
    CompletionFormat format = new CompletionFormat(request, asked);
    try (ServedStreams<ServedText> streams = request.openAll(asked.completions())) {
      if (asked.stream()) {
        sendEvents(begin(request), streams, format);
      } else {
        AtomicReferenceArray<ObjectNode> ended = new AtomicReferenceArray<>(streams.size());
        streams.forEach((stream, index) -> ended.set(index, format.whole(index, stream)));
        request.reply(200, Json.write(whole(ended)));
      }
    }
  }

  /** One completion is an object, several are a list. */
  private static Object whole(AtomicReferenceArray<ObjectNode> ended) {
    return ended.length() == 1
        ? ended.get(0)
        : IntStream.range(0, ended.length()).mapToObj(ended::get).toList();
  }

  private static void sendEvents(
      SseWriter sse, ServedStreams<ServedText> streams, CompletionFormat format) {
    streams.forEach((stream, index) -> format.events(index, stream, sse::data));
  }
}
