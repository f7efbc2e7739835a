package dev.llamastream.server.internal.ollama;

import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.RequestJson;

/**
 * What requests for an answer have in common.
 *
 * @param model what the client calls the model
 * @param unload whether the client wants the model unloaded
 * @param schema the JSON schema of the text; empty for none
 * @param top how many likely tokens to report for each token; -1 for no probabilities
 */
record CommonFields(
    String model,
    Timing timing,
    boolean stream,
    boolean unload,
    String schema,
    Think think,
    int top) {

  private static final int MAX_TOP = 20;

  /**
   * Reads the common fields and chooses the model.
   *
   * @throws ApiError 400 for a value of a wrong type or out of its range, 404 for an unknown model
   */
  static CommonFields read(Request request) {
    long begun = System.nanoTime();
    RequestJson json = request.json();
    String model = ModelNames.read(json);
    ModelNames.choose(request, model);
    boolean stream = json.bool("stream", true);
    if (stream) {
      request.streams(request::lines);
    }
    return new CommonFields(
        model,
        new Timing(begun, System.nanoTime()),
        stream,
        KeepAlive.isZero(json),
        Format.read(json),
        Think.read(json),
        top(json));
  }

  private static int top(RequestJson json) {
    int top = json.integer("top_logprobs", 0, 0, MAX_TOP);
    return json.bool("logprobs", false) ? top : -1;
  }

  boolean logprobs() {
    return top >= 0;
  }
}
