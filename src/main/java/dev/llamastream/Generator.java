package dev.llamastream;

import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.ChatStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;

/**
 * Turns prompts into streams of text. A {@link Context} runs one stream at a time, an {@link
 * dev.llamastream.engine.Engine} runs many together. Code written for this interface works with
 * both.
 *
 * @since 0.1.0
 */
public interface Generator extends AutoCloseable {

  /**
   * Starts a generation that reports statistics. This call tokenizes and checks the prompt.
   *
   * @throws PromptTooLongException if the prompt has more tokens than fit
   * @throws IllegalArgumentException if a token id is not in the vocabulary, the prompt has no
   *     tokens, or the grammar is malformed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted (its interrupt
   *     status stays set) or the request times out before the prompt is tokenized
   * @throws IllegalStateException if this generator or the model is closed
   */
  MeteredStream streamWithStats(GenerationRequest request);

  /**
   * Starts an answer to the messages of a chat, by the model's chat template. This call makes the
   * messages a prompt, tokenizes and checks it.
   *
   * @throws ChatTemplateException if the model has no chat template, or the template refuses the
   *     messages, takes too long or too much memory
   * @throws PromptTooLongException and others, as {@link #streamWithStats(GenerationRequest)}
   */
  ChatStream chat(ChatRequest request);

  /** A publisher of the tokens. Each subscription runs a new generation. */
  Flow.Publisher<Token> publisher(GenerationRequest request);

  /**
   * A publisher of an answer. Each subscription asks for a new answer. It completes when the answer
   * ends, for whatever reason: {@link #chat(ChatRequest)} also tells the reason.
   */
  Flow.Publisher<ChatDelta> publisher(ChatRequest request);

  /** The number of tokens that the KV cache holds: the requested size, rounded up. */
  int contextSize();

  /** The maximum number of tokens in one stream, those of its prompt included. */
  default int tokensPerStream() {
    return contextSize();
  }

  /**
   * Ends running streams with {@link FinishReason#CANCELLED}, and frees the memory. Any thread may
   * call it.
   */
  @Override
  void close();

  /** Streams at most {@value GenerationRequest#DEFAULT_MAX_TOKENS} tokens with default sampling. */
  default TokenStream generateStream(String prompt) {
    return streamWithStats(prompt);
  }

  /** Streams at most {@code maxTokens} tokens with default sampling. */
  default TokenStream generateStream(String prompt, int maxTokens) {
    return streamWithStats(prompt, maxTokens);
  }

  /** Streams at most {@code maxTokens} tokens. */
  default TokenStream generateStream(String prompt, int maxTokens, SamplerParams sampler) {
    return streamWithStats(prompt, maxTokens, sampler);
  }

  /** Starts a generation: a shorter name for {@link #streamWithStats(GenerationRequest)}. */
  default TokenStream generateStream(GenerationRequest request) {
    return streamWithStats(request);
  }

  /** Like {@link #generateStream(String)}, with statistics. */
  default MeteredStream streamWithStats(String prompt) {
    return streamWithStats(GenerationRequest.builder(prompt).build());
  }

  /** Like {@link #generateStream(String, int)}, with statistics. */
  default MeteredStream streamWithStats(String prompt, int maxTokens) {
    return streamWithStats(GenerationRequest.builder(prompt).maxTokens(maxTokens).build());
  }

  /** Like {@link #generateStream(String, int, SamplerParams)}, with statistics. */
  default MeteredStream streamWithStats(String prompt, int maxTokens, SamplerParams sampler) {
    return streamWithStats(
        GenerationRequest.builder(prompt).maxTokens(maxTokens).sampler(sampler).build());
  }

  /** Returns the whole text of {@link #generateStream(String)}. */
  default String generate(String prompt) {
    return generate(GenerationRequest.builder(prompt).build());
  }

  /** Returns the whole text of {@link #generateStream(String, int)}. */
  default String generate(String prompt, int maxTokens) {
    return generate(GenerationRequest.builder(prompt).maxTokens(maxTokens).build());
  }

  /** Returns the whole text of {@link #generateStream(String, int, SamplerParams)}. */
  default String generate(String prompt, int maxTokens, SamplerParams sampler) {
    return generate(
        GenerationRequest.builder(prompt).maxTokens(maxTokens).sampler(sampler).build());
  }

  /**
   * Returns the whole text of {@link #generateStream(GenerationRequest)}. If the generation is cut
   * short by a timeout, an interrupt, or a close from another thread, returns the text so far.
   * {@link #complete(GenerationRequest)} also says why the generation ended.
   */
  default String generate(GenerationRequest request) {
    return complete(request).text();
  }

  /** Like {@link #complete(GenerationRequest)}, with all defaults. */
  default Completion complete(String prompt) {
    return complete(GenerationRequest.builder(prompt).build());
  }

  /**
   * Runs a whole generation. Returns the text, the reason why it ended and the statistics, and the
   * tokens if {@link GenerationRequest#collectTokens()} asks for them. If the generation is cut
   * short by a timeout, an interrupt, or a close from another thread, returns the text so far and
   * the reason.
   *
   * @throws GenerationException if the generation fails
   * @throws PromptTooLongException and others, as {@link #streamWithStats(GenerationRequest)}
   */
  default Completion complete(GenerationRequest request) {
    MeteredStream stream = streamWithStats(request);
    List<Token> tokens = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    if (request.collectTokens()) {
      stream.tokens().forEachRemaining(tokens::add);
    }
    // the tokens do not contain the echoed prompt, so the text of the stream still has it
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
