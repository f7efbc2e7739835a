package dev.llamastream.server.internal.json;

import static java.util.Objects.requireNonNull;

import dev.llamastream.InvalidValueException;
import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import java.util.List;

/**
 * The values of fields that a request leaves out.
 *
 * @param maxTokens -1 for the default of the request's form
 * @param systemMessage empty for none
 * @param chatTemplate for a model that has none; empty for none
 */
public record Defaults(
    SamplerParams sampler,
    List<String> stopSequences,
    int maxTokens,
    String systemMessage,
    String chatTemplate) {

  /** The library's defaults. */
  public static final Defaults NONE = new Defaults(SamplerParams.defaults(), List.of(), -1, "", "");

  /** Checks all values as a request does. */
  public Defaults {
    requireNonNull(sampler, "sampler");
    if (maxTokens < -1) {
      throw InvalidValueException.outOfRange("maxTokens", "", maxTokens, "[-1, 2^31 - 1]");
    }
    ChatRequest checked =
        ChatRequest.builder(ChatMessage.system(requireNonNull(systemMessage, "systemMessage")))
            .stopSequences(requireNonNull(stopSequences, "stopSequences"))
            .template(requireNonNull(chatTemplate, "chatTemplate"))
            .build();
    stopSequences = checked.stopSequences();
  }

  /**
   * The same for a model that has a template: its own is better, because it was trained with it.
   */
  public Defaults withoutTemplate() {
    return new Defaults(sampler, stopSequences, maxTokens, systemMessage, "");
  }

  /** The token limit of a request that has none. */
  public int maxTokensOr(int ofForm) {
    return maxTokens < 0 ? ofForm : maxTokens;
  }
}
