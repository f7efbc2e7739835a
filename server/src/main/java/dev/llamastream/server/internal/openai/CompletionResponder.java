package dev.llamastream.server.internal.openai;

import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.http.SseWriter;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.Timings;
import dev.llamastream.server.internal.streams.ServedStream;
import dev.llamastream.server.internal.streams.ServedStreams;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/** Generates the choices of a response concurrently. Sends them as one response or as events. */
final class CompletionResponder<S extends ServedStream, C> {

  private final ServedStreams<S> streams;
  private final CompletionParams params;
  private final ResponseFormat<S, C> form;

  private CompletionResponder(
      ServedStreams<S> streams, CompletionParams params, ResponseFormat<S, C> form) {
    this.streams = streams;
    this.params = params;
    this.form = form;
  }

  /** Says early whether the response is a stream: {@link Request#streams}. */
  static void announce(Request request) {
    if (request.json().bool("stream", false)) {
      request.streams(() -> begin(request));
    }
  }

  private static SseWriter begin(Request request) {
    SseWriter sse = request.sse();
    // OpenAI's clients expect an error object in an event without a name
    sse.onError(error -> "data: " + Json.write(error.body()) + "\n\n");
    return sse;
  }

  static <S extends ServedStream, C> void give(
      Request request,
      ServedStreams<S> streams,
      CompletionParams params,
      ResponseFormat<S, C> form) {
    CompletionResponder<S, C> answer = new CompletionResponder<>(streams, params, form);
    if (params.stream()) {
      answer.asEvents(begin(request));
    } else {
      request.reply(200, OpenAiJson.write(answer.whole()));
    }
  }

  private Object whole() {
    AtomicReferenceArray<C> ended = new AtomicReferenceArray<>(streams.size());
    streams.forEach((stream, index) -> ended.set(index, form.choice(index, stream)));
    List<C> choices = IntStream.range(0, ended.length()).mapToObj(ended::get).toList();
    Timings timings = streams.size() == 1 ? Timings.of(streams.get(0).stats()) : null;
    return form.whole(choices, usage(), timings);
  }

  private void asEvents(SseWriter sse) {
    for (int index = 0; index < streams.size(); index++) {
      form.opening(index).forEach(event -> write(sse, event));
    }
    streams.forEach((stream, index) -> form.events(index, stream, event -> write(sse, event)));
    if (params.includeUsage()) {
      write(sse, form.usage(usage()));
    }
    sse.data("[DONE]");
  }

  private Usage usage() {
    return Usage.of(streams, params.samplers().size());
  }

  private static void write(SseWriter sse, Object event) {
    sse.data(OpenAiJson.write(event));
  }
}
