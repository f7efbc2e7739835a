package dev.llamastream;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;

/**
 * Turns prompts into streams of text: a {@link Context} one at a time, an {@link
 * dev.llamastream.engine.Engine} many together. Code that is given one works with either.
 *
 * @since 0.1.0
 */
public interface Generator extends AutoCloseable {

  /**
   * Begins a generation, with figures. The prompt is tokenized and checked here.
   *
   * @throws PromptTooLongException if the prompt has more tokens than there is room for
   * @throws IllegalArgumentException if a token id is not in the vocabulary, the prompt has no
   *     tokens, or the grammar is malformed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted, which it
   *     stays, or the request's timeout is over, before the prompt is tokenized
   * @throws IllegalStateException if this or the model is closed
   */
  MeteredStream streamWithStats(GenerationRequest request);

  /** A publisher of the tokens. Each subscription generates anew. */
  Flow.Publisher<Token> publisher(GenerationRequest request);

  /** How many tokens the KV cache holds: what was asked for, rounded up. */
  int contextSize();

  /** Ends what runs with {@link FinishReason#CANCELLED}, and frees the memory. Any thread. */
  @Override
  void close();

  /** Streams at most {@value GenerationRequest#DEFAULT_MAX_TOKENS} tokens with default sampling. */
  default TokenStream generateStream(String prompt) {
    return streamWithStats(prompt);
  }

  /** Streams at most so many tokens with default sampling. */
  default TokenStream generateStream(String prompt, int maxTokens) {
    return streamWithStats(prompt, maxTokens);
  }

  /** Streams at most so many tokens. */
  default TokenStream generateStream(String prompt, int maxTokens, SamplerParams sampler) {
    return streamWithStats(prompt, maxTokens, sampler);
  }

  /** Begins a generation: {@link #streamWithStats(GenerationRequest)} by its simpler name. */
  default TokenStream generateStream(GenerationRequest request) {
    return streamWithStats(request);
  }

  /** As {@link #generateStream(String)}, with figures. */
  default MeteredStream streamWithStats(String prompt) {
    return streamWithStats(GenerationRequest.builder(prompt).build());
  }

  /** As {@link #generateStream(String, int)}, with figures. */
  default MeteredStream streamWithStats(String prompt, int maxTokens) {
    return streamWithStats(GenerationRequest.builder(prompt).maxTokens(maxTokens).build());
  }

  /** As {@link #generateStream(String, int, SamplerParams)}, with figures. */
  default MeteredStream streamWithStats(String prompt, int maxTokens, SamplerParams sampler) {
    return streamWithStats(
        GenerationRequest.builder(prompt).maxTokens(maxTokens).sampler(sampler).build());
  }

  /** All of {@link #generateStream(String)} at once. */
  default String generate(String prompt) {
    return generate(GenerationRequest.builder(prompt).build());
  }

  /** All of {@link #generateStream(String, int)} at once. */
  default String generate(String prompt, int maxTokens) {
    return generate(GenerationRequest.builder(prompt).maxTokens(maxTokens).build());
  }

  /** All of {@link #generateStream(String, int, SamplerParams)} at once. */
  default String generate(String prompt, int maxTokens, SamplerParams sampler) {
    return generate(
        GenerationRequest.builder(prompt).maxTokens(maxTokens).sampler(sampler).build());
  }

  /**
   * All of {@link #generateStream(GenerationRequest)} at once. If it is cut short (by a timeout, an
   * interrupt, or a close from another thread) the text so far. {@link
   * #complete(GenerationRequest)} also tells whether it was.
   */
  default String generate(GenerationRequest request) {
    return complete(request).text();
  }

  /** As {@link #complete(GenerationRequest)}, with all defaults. */
  default Completion complete(String prompt) {
    return complete(GenerationRequest.builder(prompt).build());
  }

  /**
   * All of a generation at once: the text, why it ended and the figures, and the tokens if {@link
   * GenerationRequest#keepTokens()} asks for them. If it is cut short (by a timeout, an interrupt,
   * or a close from another thread) there is the text so far, and the reason.
   *
   * @throws GenerationException if the generation fails
   * @throws PromptTooLongException and others, as {@link #streamWithStats(GenerationRequest)}
   */
  default Completion complete(GenerationRequest request) {
    MeteredStream stream = streamWithStats(request);
    List<Token> tokens = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    if (request.keepTokens()) {
      stream.tokens().forEachRemaining(tokens::add);
    }
    // of a stream whose tokens are taken the echoed prompt is left
    stream.forEachRemaining(text::append);
    tokens.forEach(token -> text.append(token.text()));
    return Completion.builder()
        .text(text.toString())
        .finishReason(stream.finishReason().orElseThrow())
        .stats(stream.stats())
        .tokens(tokens)
        .build();
  }
}
