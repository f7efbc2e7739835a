package dev.llamastream.engine;

import static java.util.Objects.requireNonNull;

import dev.llamastream.GenerationRequest;
import dev.llamastream.Generator;
import dev.llamastream.Model;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.SamplerParams;
import dev.llamastream.Token;
import dev.llamastream.TokenStream;
import dev.llamastream.internal.ffm.ContextHandle;
import dev.llamastream.internal.ffm.LeakReport;
import dev.llamastream.internal.ffm.ModelAccess;
import dev.llamastream.internal.ffm.ModelHandle;
import dev.llamastream.internal.ffm.SamplerHandle;
import dev.llamastream.internal.generation.Generation;
import dev.llamastream.internal.generation.PromptTokens;
import dev.llamastream.internal.prompt.EncodedPrompt;
import dev.llamastream.internal.streams.TokenPublisher;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.Collectors;

/**
 * Many streams on one model: they are decoded together, and share what their prompts have in
 * common.
 *
 * <p>A stream runs as soon as a slot is free, ahead of its consumer by {@link
 * EngineParams#streamBuffer()} tokens at most. If that is full the stream is parked: it decodes
 * nothing and leaves its slot to others, until its consumer takes what there is. Streams that
 * nobody refers to any more are cancelled.
 *
 * <p><b>The prompt is the whole text.</b> Beginnings that are in the KV cache, of running streams
 * and of those that have ended, are not computed again. When the KV cache is full, what ended
 * streams have left goes first; then streams are paused, those that are parked and then the newest,
 * and computed again later. No running stream fails for want of room.
 *
 * <p>Results depend on what else is decoded only up to the order of floating-point operations:
 * logits move a little, so a seed may give another text. With {@link
 * dev.llamastream.ContextParams#reproducible()} they do not depend on it at all. A {@link
 * dev.llamastream.Context} repeats its texts without it.
 *
 * <p>Thread-safe. A waiting consumer pins no carrier thread.
 *
 * @since 0.1.0
 */
public final class Engine implements Generator {

  private final ModelHandle model;
  private final EngineParams params;
  private final EngineLoop loop;
  private final LeakReport leakReport;

  private Engine(ModelHandle model, EngineParams params, Decoder decoder) {
    this.model = model;
    this.params = params;
    this.loop = new EngineLoop(model, params, decoder);
    this.leakReport = LeakReport.watch(this, "Engine");
  }

  /** Opens an engine with all defaults: {@link #open(Model, EngineParams)}. */
  public static Engine open(Model model) {
    return open(model, EngineParams.defaults());
  }

  /**
   * Opens an engine.
   *
   * @throws dev.llamastream.ContextCreationException if the model cannot generate text, does not
   *     suit the parameters, or memory is short
   * @throws IllegalStateException if the model is closed
   */
  public static Engine open(Model model, EngineParams params) {
    return open(model, params, ContextHandle::decode);
  }

  static Engine open(Model model, EngineParams params, Decoder decoder) {
    requireNonNull(model, "model");
    requireNonNull(params, "params");
    ModelHandle handle = ModelAccess.handle(model);
    EngineParams possible =
        handle.batchesSequences() ? params : params.toBuilder().slots(1).build();
    return new Engine(handle, possible, decoder);
  }

  /**
   * Begins a generation, or queues it if no slot is free. The stream's methods wait for the engine,
   * which does not wait for them.
   *
   * @throws EngineOverloadedException if the queue is full; this is asked before anything else
   * @throws PromptTooLongException if the prompt has more tokens than a stream may have
   * @throws IllegalArgumentException if a token id is not in the vocabulary, the prompt has no
   *     tokens, or the grammar is malformed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted, which it
   *     stays, or the request's timeout is over, before the prompt is tokenized
   * @throws IllegalStateException if the engine or the model is closed
   */
  @Override
  public PollableStream streamWithStats(GenerationRequest request) {
    return stream(request);
  }

  /** {@inheritDoc} */
  @Override
  public PollableStream streamWithStats(String prompt) {
    return streamWithStats(GenerationRequest.builder(prompt).build());
  }

  /** {@inheritDoc} */
  @Override
  public PollableStream streamWithStats(String prompt, int maxTokens) {
    return streamWithStats(GenerationRequest.builder(prompt).maxTokens(maxTokens).build());
  }

  /** {@inheritDoc} */
  @Override
  public PollableStream streamWithStats(String prompt, int maxTokens, SamplerParams sampler) {
    return streamWithStats(
        GenerationRequest.builder(prompt).maxTokens(maxTokens).sampler(sampler).build());
  }

  /** {@inheritDoc} */
  @Override
  public PollableStream generateStream(GenerationRequest request) {
    return streamWithStats(request);
  }

  /** {@inheritDoc} */
  @Override
  public PollableStream generateStream(String prompt) {
    return streamWithStats(prompt);
  }

  /** {@inheritDoc} */
  @Override
  public PollableStream generateStream(String prompt, int maxTokens) {
    return streamWithStats(prompt, maxTokens);
  }

  /** {@inheritDoc} */
  @Override
  public PollableStream generateStream(String prompt, int maxTokens, SamplerParams sampler) {
    return streamWithStats(prompt, maxTokens, sampler);
  }

  /**
   * Generates in the background. Cancelling the future cancels the generation.
   *
   * @return completes with all of the text; if it is cut short (by a timeout, or a close) with the
   *     text so far; exceptionally if the generation fails
   * @throws EngineOverloadedException and others, as {@link #generateStream(GenerationRequest)}
   */
  public CompletableFuture<String> generateAsync(GenerationRequest request) {
    EngineStream stream = stream(request);
    CompletableFuture<String> future = new CompletableFuture<>();
    CompletableFuture<String> _ = future.whenComplete((text, failure) -> stream.cancel());
    Thread.ofVirtual().name("llamastream-async").start(() -> complete(future, stream));
    return future;
  }

  @SuppressWarnings("CatchThrowable") // whatever it is belongs to the future
  private static void complete(CompletableFuture<String> future, TokenStream stream) {
    try {
      future.complete(stream.stream().collect(Collectors.joining()));
    } catch (Throwable e) {
      future.completeExceptionally(e);
    }
  }

  /**
   * Generates for all requests, any number of them, and waits.
   *
   * @return the texts, in the requests' order; what is cut short (by a timeout, or a close) up to
   *     there
   * @throws dev.llamastream.GenerationException if one fails: the others are cancelled
   */
  public List<String> generateAll(List<GenerationRequest> requests) {
    return new BulkGeneration(this, requests, 2 * params.slots()).run();
  }

  /**
   * A publisher of the tokens. Each subscription generates anew, begins with its first request for
   * tokens, and is parked while it asks for no more. When it is cut short (by a timeout, or a
   * close) it completes after what there is: with a last token if it has asked for one.
   */
  @Override
  public Flow.Publisher<Token> publisher(GenerationRequest request) {
    requireNonNull(request, "request");
    return new TokenPublisher(() -> stream(request), Thread.ofVirtual().factory());
  }

  /**
   * Whether it takes no more requests: it or its model is closed, or it failed and could not begin
   * again.
   */
  public boolean isClosed() {
    return loop.isClosed();
  }

  /**
   * Refuses as a request would be refused now, if the queue is full. For callers who have much to
   * do before they know their request. It keeps no place.
   *
   * @throws EngineOverloadedException if the queue is full
   * @throws IllegalStateException if the engine is closed
   */
  public void requireRoom() {
    loop.reserve();
    loop.giveUpPlace();
  }

  /** What it is doing. Usable after close too. */
  public EngineSnapshot snapshot() {
    return loop.snapshot();
  }

  /** How many tokens the KV cache holds: what was asked for, rounded up. */
  @Override
  public int contextSize() {
    return loop.cells();
  }

  EngineStream stream(GenerationRequest request) {
    requireNonNull(request, "request");
    model.lifetime().acquire();
    try {
      // first: preparing a stream may take long
      loop.reserve();
      boolean offered = false;
      try {
        EngineStream stream = prepareAndOffer(request);
        offered = true;
        return stream;
      } finally {
        if (!offered) {
          loop.giveUpPlace();
        }
      }
    } finally {
      model.lifetime().release();
    }
  }

  private EngineStream prepareAndOffer(GenerationRequest request) {
    int room = loop.tokensPerStream();
    EncodedPrompt prompt =
        PromptTokens.of(request.prompt(), model.cacheKey(), model.vocab(), room, request.timeout());
    SamplerHandle sampler =
        model.newSampler(request.sampler(), prompt.tokens(), room, request.timeout());
    boolean offered = false;
    try {
      Generation generation = new Generation(request, model.vocab(), prompt, room);
      StreamJob job = new StreamJob(request, sampler, generation, params.streamBuffer());
      String echo = PromptTokens.echo(request, prompt, model.vocab());
      EngineStream stream = new EngineStream(loop, job, echo);
      loop.offer(job);
      offered = true;
      return stream;
    } finally {
      if (!offered) {
        sampler.free();
      }
    }
  }

  /**
   * Refuses new requests, gives the streams that there are so long to finish, ends the others with
   * {@link dev.llamastream.FinishReason#CANCELLED}, waits until no thread is inside native code,
   * and frees the memory. Any thread, any number of times.
   */
  public void close(Duration grace) {
    requireNonNull(grace, "grace");
    leakReport.closed();
    loop.close(grace);
  }

  /** Closes at once: {@link #close(Duration)} without time to finish. */
  @Override
  public void close() {
    close(Duration.ZERO);
  }
}
