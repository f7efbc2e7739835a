package dev.llamastream.server.internal.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.FinishReason;
import dev.llamastream.StreamStats;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.streams.Credits;
import dev.llamastream.server.internal.streams.ServedStream;
import java.util.Optional;

/** A generation in the server's own format, whole: what {@link StreamHandler} sends in pieces. */
public final class WholeHandler implements Handler {

  @Override
  public void handle(Request request) {
    try (ServedStream stream = request.open(Wanted.read(request.json(), request.defaults()))) {
      StringBuilder text = new StringBuilder();
      StringBuilder thinking = new StringBuilder();
      stream.forEachDelta(
          new Credits(),
          delta -> {
            if (delta instanceof ChatDelta.Text(String more)) {
              text.append(more);
            } else if (delta instanceof ChatDelta.Thinking(String more)) {
              thinking.append(more);
            } // the calls are read at the end
          });
      if (stream.finishReason().equals(Optional.of(FinishReason.CANCELLED))) {
        throw ApiError.ended();
      }
      ObjectNode whole = Json.object().put("text", text.toString());
      if (!thinking.isEmpty()) {
        whole.put("thinking", thinking.toString());
      }
      StreamEnd.putReason(whole, stream);
      StreamStats stats = stream.stats();
      whole
          .putObject("usage")
          .put("prompt_tokens", stats.promptTokens())
          .put("completion_tokens", stats.generatedTokens())
          .put("total_tokens", stats.promptTokens() + stats.generatedTokens());
      request.reply(200, Json.write(whole));
    }
  }
}
