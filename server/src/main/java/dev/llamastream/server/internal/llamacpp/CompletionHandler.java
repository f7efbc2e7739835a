package dev.llamastream.server.internal.llamacpp;

import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Request;

/** {@code /completion}. */
final class CompletionHandler implements Handler {

  @Override
  public void handle(Request request) {
    CompletionResponder.announce(request);
    CompletionResponder.give(request, CompletionRequest.read(request, PromptFields.read(request)));
  }
}
