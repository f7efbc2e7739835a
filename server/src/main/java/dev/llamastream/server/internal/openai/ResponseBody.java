package dev.llamastream.server.internal.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.llamastream.StreamStats;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Ids;
import dev.llamastream.server.internal.json.Timings;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JSON of a response of {@code /v1/responses}: the same from its beginning to its end. */
final class ResponseBody {

  private final String id = Ids.next("resp_");
  private final long created = Instant.now().getEpochSecond();
  private final String model;
  private final ResponseSettings settings;

  ResponseBody(String model, ResponseSettings settings) {
    this.model = model;
    this.settings = settings;
  }

  /**
   * A response, or what there is of it.
   *
   * @param status in_progress, completed, incomplete or failed
   * @param background false: the response is computed for a client that waits
   * @param store false: nothing is stored
   */
  record Whole(
      String id,
      String object,
      long createdAt,
      @Nullable Long completedAt,
      String status,
      boolean background,
      @Nullable Failure error,
      @Nullable Incomplete incompleteDetails,
      String model,
      List<OutputItem> output,
      @Nullable String previousResponseId,
      @JsonUnwrapped ResponseSettings settings,
      boolean store,
      @Nullable Tokens usage,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Timings timings) {}

  /** Why a response failed. */
  record Failure(String code, String message) {}

  /** Why a response is incomplete. */
  record Incomplete(String reason) {}

  /** The token counts. */
  record Tokens(
      int inputTokens,
      Usage.PromptTokensDetails inputTokensDetails,
      int outputTokens,
      Usage.CompletionTokensDetails outputTokensDetails,
      int totalTokens) {

    static Tokens of(Usage usage) {
      return new Tokens(
          usage.promptTokens(),
          usage.promptTokensDetails(),
          usage.completionTokens(),
          usage.completionTokensDetails(),
          usage.totalTokens());
    }
  }

  /** The response before its first item. */
  Whole begun() {
    return whole("in_progress", null, null, List.of(), null, null);
  }

  /**
   * The whole response.
   *
   * @param cut whether the model was not done
   */
  Whole ended(boolean cut, List<OutputItem> output, Usage usage, StreamStats stats) {
    return whole(
        cut ? "incomplete" : "completed",
        null,
        cut ? new Incomplete("max_output_tokens") : null,
        output,
        Tokens.of(usage),
        Timings.of(stats));
  }

  /** The response after a failure. */
  Whole failed(ApiError error, List<OutputItem> output) {
    return whole("failed", new Failure(error.type(), error.message()), null, output, null, null);
  }

  private Whole whole(
      String status,
      @Nullable Failure failure,
      @Nullable Incomplete incomplete,
      List<OutputItem> output,
      @Nullable Tokens usage,
      @Nullable Timings timings) {
    return new Whole(
        id,
        "response",
        created,
        status.equals("completed") ? Instant.now().getEpochSecond() : null,
        status,
        false,
        failure,
        incomplete,
        model,
        output,
        null,
        settings,
        false,
        usage,
        timings);
  }
}
