package dev.llamastream.server;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * An answer that LangChain4j got as a stream.
 *
 * @param pieces its text, as it came
 * @param whole what LangChain4j made of it
 */
record StreamedChat(List<String> pieces, ChatResponse whole) {

  static StreamedChat of(StreamingChatModel model, ChatRequest request) {
    List<String> pieces = new ArrayList<>();
    CompletableFuture<ChatResponse> whole = new CompletableFuture<>();
    model.chat(
        request,
        new StreamingChatResponseHandler() {
          @Override
          public void onPartialResponse(String piece) {
            pieces.add(piece);
          }

          @Override
          public void onCompleteResponse(ChatResponse response) {
            whole.complete(response);
          }

          @Override
          public void onError(Throwable failure) {
            whole.completeExceptionally(failure);
          }
        });
    return new StreamedChat(pieces, whole.join());
  }
}
