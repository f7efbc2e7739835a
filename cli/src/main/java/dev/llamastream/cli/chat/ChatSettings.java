package dev.llamastream.cli.chat;

import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;

/** How answers are made. */
public final class ChatSettings {

  private final int maxTokens;
  private SamplerParams sampler;
  private boolean thinking;

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public ChatSettings(SamplerParams sampler, int maxTokens, boolean thinking) {
    this.sampler = sampler;
    this.maxTokens = maxTokens;
    this.thinking = thinking;
    ChatRequest _ = apply(ChatRequest.builder(ChatMessage.user(""))).build();
  }

  ChatRequest.Builder apply(ChatRequest.Builder request) {
    return request.sampler(sampler).maxTokens(maxTokens).thinking(thinking);
  }

  double temperature() {
    return sampler.temperature();
  }

  void temperature(double value) {
    sampler = sampler.toBuilder().temperature(value).build();
  }

  boolean thinking() {
    return thinking;
  }

  void thinking(boolean value) {
    thinking = value;
  }
}
