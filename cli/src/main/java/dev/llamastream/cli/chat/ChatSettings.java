package dev.llamastream.cli.chat;

import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import java.util.function.UnaryOperator;

/** How answers are made. */
public final class ChatSettings {

  private final UnaryOperator<ChatRequest.Builder> ofModel;
  private final int maxTokens;
  private SamplerParams sampler;
  private boolean thinking;

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public ChatSettings(SamplerParams sampler, int maxTokens, boolean thinking) {
    this(UnaryOperator.identity(), sampler, maxTokens, thinking);
  }

  /**
   * Checks the values.
   *
   * @param ofModel sets what came with the model; the other values override it
   * @throws IllegalArgumentException if a value is out of its range
   */
  public ChatSettings(
      UnaryOperator<ChatRequest.Builder> ofModel,
      SamplerParams sampler,
      int maxTokens,
      boolean thinking) {
    this.ofModel = ofModel;
    this.sampler = sampler;
    this.maxTokens = maxTokens;
    this.thinking = thinking;
    ChatRequest _ = apply(ChatRequest.builder(ChatMessage.user(""))).build();
  }

  ChatRequest.Builder apply(ChatRequest.Builder request) {
    return ofModel.apply(request).sampler(sampler).maxTokens(maxTokens).thinking(thinking);
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
