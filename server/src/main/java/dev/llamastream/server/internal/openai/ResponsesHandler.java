package dev.llamastream.server.internal.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.http.SseWriter;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.streams.ChatChoice;
import dev.llamastream.server.internal.streams.ServedChat;
import dev.llamastream.server.internal.streams.ServedStreams;
import dev.llamastream.server.internal.streams.TokenTexts;
import java.util.List;

/** {@code /v1/responses}. Keeps nothing: each request has the whole conversation. */
final class ResponsesHandler implements Handler {

  @Override
  public void handle(Request request) {
    if (request.json().bool("stream", false)) {
      request.streams(() -> request.sse().onError(ResponsesHandler::error));
    }
    ResponsesRequest asked = ResponsesRequest.read(request);
    ResponseBody body = new ResponseBody(request.modelName(), asked.settings());
    TokenTexts texts = new TokenTexts(request.model().tokenizer());
    try (ServedStreams<ServedChat> streams = request.openChats(List.of(asked.chat()))) {
      if (asked.stream()) {
        asEvents(body, streams, request.sse(), texts);
      } else {
        ResponseOutput output = new ResponseOutput(ResponseEvents.NONE, texts);
        request.reply(200, OpenAiJson.write(finish(body, streams, output, () -> {})));
      }
    }
  }

  /** {@code /v1/responses/input_tokens}: the length of the prompt. */
  void count(Request request) {
    InputTokens.reply(request, ResponsesRequest.read(request).chat());
  }

  /** The event of an error before there is a response. */
  private static String error(ApiError error) {
    ObjectNode event = error.body().withObject("error");
    return SseWriter.frame(
        "error", Json.write(event.put("type", "error").put("sequence_number", 0)));
  }

  private static void asEvents(
      ResponseBody body, ServedStreams<ServedChat> streams, SseWriter sse, TokenTexts texts) {
    SseResponseEvents events = new SseResponseEvents(sse);
    ResponseOutput output = new ResponseOutput(events, texts);
    sse.onError(
        error -> {
          events.add("response.failed", of(body.failed(error, output.items())));
          return events.take();
        });
    events.add("response.created", of(body.begun()));
    events.add("response.in_progress", of(body.begun()));
    events.send();
    ResponseBody.Whole whole = finish(body, streams, output, events::send);
    events.add("response." + whole.status(), of(whole));
    events.send();
  }

  private static ObjectNode of(ResponseBody.Whole response) {
    return Json.object().putPOJO("response", response);
  }

  /** Waits for the end. Runs the task after each delta. */
  private static ResponseBody.Whole finish(
      ResponseBody body,
      ServedStreams<ServedChat> streams,
      ResponseOutput output,
      Runnable afterEach) {
    ServedChat stream = streams.get(0);
    new ChatChoice(stream)
        .forEachDelta(
            (delta, tokens) -> {
              output.accept(delta, tokens);
              afterEach.run();
            });
    boolean cut = OpenAiFinish.reason(stream).equals(OpenAiFinish.LENGTH);
    output.end(cut);
    return body.ended(cut, output.items(), Usage.of(streams, 1), stream.stats());
  }
}
