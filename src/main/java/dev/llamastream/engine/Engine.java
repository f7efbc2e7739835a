package dev.llamastream.engine;

import static java.util.Objects.requireNonNull;

import dev.llamastream.GenerationRequest;
import dev.llamastream.Generator;
import dev.llamastream.Model;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.SamplerParams;
import dev.llamastream.Token;
import dev.llamastream.TokenStream;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.internal.chat.PreparedChat;
import dev.llamastream.internal.ffm.ChatFormat;
import dev.llamastream.internal.ffm.ChatRules;
import dev.llamastream.internal.ffm.ContextHandle;
import dev.llamastream.internal.ffm.LeakReport;
import dev.llamastream.internal.ffm.ModelAccess;
import dev.llamastream.internal.ffm.ModelHandle;
import dev.llamastream.internal.ffm.SamplerHandle;
import dev.llamastream.internal.generation.Generation;
import dev.llamastream.internal.generation.PromptTokens;
import dev.llamastream.internal.prompt.EncodedPrompt;
import dev.llamastream.internal.speculation.Speculator;
import dev.llamastream.internal.speculation.Speculators;
import dev.llamastream.internal.streams.StreamPublisher;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs many streams on one model. It decodes them together and shares the prefixes that their
 * prompts have in common.
 *
 * <p>A stream runs as soon as a slot is free. It runs ahead of its consumer by at most {@link
 * EngineParams#streamBuffer()} tokens. When that buffer is full, the engine parks the stream: the
 * stream decodes nothing and leaves its slot to others until its consumer takes the buffered
 * tokens. A stream that becomes unreachable is cancelled.
 *
 * <p><b>The prompt is the whole text.</b> The engine reuses prefixes that are in the KV cache, of
 * running streams and of ended ones. When the KV cache is full, the engine first drops what ended
 * streams have left. Then it pauses streams, parked ones first and then the newest, and computes
 * their tokens again later. No running stream fails for lack of room.
 *
 * <p>The other streams in a batch affect results only through the order of floating-point
 * operations. Logits vary a little, so a seed may give another text. With {@link
 * dev.llamastream.ContextParams#reproducible()} results do not depend on other streams at all. A
 * {@link dev.llamastream.Context} repeats its texts without that option.
 *
 * <p>Thread-safe. A waiting consumer pins no carrier thread.
 *
 * @since 0.1.0
 */
public final class Engine implements Generator {

  private final ModelHandle model;
  private final EngineParams params;
  private final EngineLoop loop;
  private final Speculators speculators;
  private final LeakReport leakReport;

  private Engine(ModelHandle model, EngineParams params, Decoder decoder) {
    this.model = model;
    this.params = params;
    this.loop = new EngineLoop(model, params, decoder);
    this.speculators = new Speculators(model, params.context(), params.slots(), loop.cells());
    this.leakReport = LeakReport.watch(this, "Engine");
  }

  /** Opens an engine with all defaults: {@link #open(Model, EngineParams)}. */
  public static Engine open(Model model) {
    return open(model, EngineParams.defaults());
  }

  /**
   * Opens an engine.
   *
   * @throws dev.llamastream.ContextCreationException if the model cannot generate text, the
   *     parameters do not suit it, or memory is short
   * @throws dev.llamastream.InvalidValueException if the prefix store's folder is a file
   * @throws IllegalStateException if the model is closed
   */
  public static Engine open(Model model, EngineParams params) {
    return open(model, params, ContextHandle::decode);
  }

  static Engine open(Model model, EngineParams params, Decoder decoder) {
    requireNonNull(model, "model");
    requireNonNull(params, "params");
    ModelHandle handle = ModelAccess.handle(model);
    EngineStore.check(params);
    EngineParams possible =
        handle.batchesSequences() ? params : params.toBuilder().slots(1).build();
    return new Engine(handle, possible, decoder);
  }

  /**
   * Starts a generation, or queues it if no slot is free. The stream's methods wait for the engine;
   * the engine never waits for them.
   *
   * @throws EngineOverloadedException if the queue is full; this is checked first
   * @throws PromptTooLongException if the prompt has more tokens than a stream may have
   * @throws IllegalArgumentException if a token id is not in the vocabulary, the prompt has no
   *     tokens, the grammar is malformed, or the speculation does not suit the model or the engine
   * @throws java.util.concurrent.CancellationException if the thread is interrupted (its interrupt
   *     status stays set) or the request times out before the prompt is tokenized
   * @throws IllegalStateException if the engine or the model is closed
   */
  @Override
  public PollableStream streamWithStats(GenerationRequest request) {
    return stream(request);
  }

  /**
   * {@inheritDoc}
   *
   * @throws EngineOverloadedException if the queue is full; this is checked first
   */
  @Override
  public PollableChatStream chat(ChatRequest request) {
    return chatStream(request);
  }

  private EngineChatStream chatStream(ChatRequest request) {
    requireNonNull(request, "request");
    AtomicReference<@Nullable ChatFormat> format = new AtomicReference<>();
    EngineStream stream =
        stream(
            () -> {
              PreparedChat chat = PreparedChat.of(request, model, loop.tokensPerStream());
              format.set(chat.rules().format());
              return new Prepared(chat.request(), chat.rules());
            });
    return new EngineChatStream(
        stream, requireNonNull(format.get(), "format"), request.collectTokens());
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
   * @return completes with the whole text, or with the text so far if a timeout or a close cuts it
   *     short; completes exceptionally if the generation fails
   * @throws EngineOverloadedException and others, as {@link #generateStream(GenerationRequest)}
   */
  public CompletableFuture<String> generateAsync(GenerationRequest request) {
    EngineStream stream = stream(request);
    CompletableFuture<String> future = new CompletableFuture<>();
    CompletableFuture<String> _ = future.whenComplete((text, failure) -> stream.cancel());
    Thread.ofVirtual().name("llamastream-async").start(() -> complete(future, stream));
    return future;
  }

  @SuppressWarnings("CatchThrowable") // completes the future
  private static void complete(CompletableFuture<String> future, TokenStream stream) {
    try {
      future.complete(stream.stream().collect(Collectors.joining()));
    } catch (Throwable e) {
      future.completeExceptionally(e);
    }
  }

  /**
   * Generates for all requests, any number of them, and waits for the results.
   *
   * @return the texts, in the requests' order; a generation that a timeout or a close cuts short
   *     returns its text so far
   * @throws dev.llamastream.GenerationException if one generation fails, which cancels the others
   */
  public List<String> generateAll(List<GenerationRequest> requests) {
    return new BulkGeneration(this, requests, 2 * params.slots()).run();
  }

  /**
   * A publisher of the tokens. Each subscription runs a new generation. The generation starts with
   * the first demand and is parked while the subscriber requests no more tokens. When a timeout or
   * a close cuts it short, the subscription delivers what is buffered and completes; if it has
   * demand, it receives a last token first.
   */
  @Override
  public Flow.Publisher<Token> publisher(GenerationRequest request) {
    requireNonNull(request, "request");
    return new StreamPublisher<>(() -> stream(request), Thread.ofVirtual().factory());
  }

  /**
   * A publisher of an answer, as {@link #publisher(GenerationRequest)} is one of tokens. Each
   * subscription asks for a new answer.
   */
  @Override
  public Flow.Publisher<ChatDelta> publisher(ChatRequest request) {
    requireNonNull(request, "request");
    return new StreamPublisher<>(() -> chatStream(request), Thread.ofVirtual().factory());
  }

  /**
   * Whether the engine takes no more requests: it or its model is closed, or it failed and could
   * not restart.
   */
  public boolean isClosed() {
    return loop.isClosed();
  }

  /**
   * Throws what a request would throw now if the queue is full. For callers that have much work to
   * do before they know their request. Reserves no place in the queue.
   *
   * @throws EngineOverloadedException if the queue is full
   * @throws IllegalStateException if the engine is closed
   */
  public void requireRoom() {
    loop.reserve();
    loop.giveUpPlace();
  }

  /** A snapshot of the engine's activity. Also works after close. */
  public EngineSnapshot snapshot() {
    return loop.snapshot();
  }

  /** The number of tokens that the KV cache holds: the requested size, rounded up. */
  @Override
  public int contextSize() {
    return loop.cells();
  }

  @Override
  public int tokensPerStream() {
    return loop.tokensPerStream();
  }

  EngineStream stream(GenerationRequest request) {
    requireNonNull(request, "request");
    return stream(() -> new Prepared(request, null));
  }

  /**
   * A request whose chat, if it is one, was made a prompt.
   *
   * @param chat what the answer obeys
   */
  private record Prepared(GenerationRequest request, @Nullable ChatRules chat) {}

  private EngineStream stream(Supplier<Prepared> request) {
    model.lifetime().acquire();
    try {
      // reserve first: preparing a stream may take long
      loop.reserve();
      boolean offered = false;
      try {
        EngineStream stream = prepareAndOffer(request.get());
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

  private EngineStream prepareAndOffer(Prepared prepared) {
    GenerationRequest request = prepared.request();
    ChatRules chat = prepared.chat();
    int room = loop.tokensPerStream();
    EncodedPrompt prompt =
        PromptTokens.of(request.prompt(), model.cacheKey(), model.vocab(), room, request.timeout());
    SamplerHandle sampler =
        model.newSampler(request.sampler(), chat, prompt.tokens(), room, request.timeout());
    boolean offered = false;
    try {
      Set<Integer> shown = chat == null ? Set.of() : chat.shownTokens();
      Generation generation = new Generation(request, model.vocab(), prompt, room, shown);
      Speculator speculator =
          speculators.of(
              request.speculation().draftModel().map(ModelAccess::handle), request, prompt);
      StreamJob job =
          new StreamJob(request, sampler, generation, speculator, params.streamBuffer());
      String echo = PromptTokens.echo(request, prompt, model.vocab());
      EngineStream stream = new EngineStream(loop, job, echo);
      offer(job, request);
      offered = true;
      return stream;
    } finally {
      if (!offered) {
        sampler.free();
      }
    }
  }

  private void offer(StreamJob job, GenerationRequest request) {
    if (request.reusePrefix()) {
      loop.fetchStored(job, request.timeout());
    }
    boolean offered = false;
    try {
      loop.offer(job);
      offered = true;
    } finally {
      if (!offered) {
        job.releaseStored();
      }
    }
  }

  /**
   * Refuses new requests and gives running streams the grace period to finish. Then it ends the
   * others with {@link dev.llamastream.FinishReason#CANCELLED}, waits until no thread is inside
   * native code, and frees the memory. Any thread may call it, any number of times.
   */
  public void close(Duration grace) {
    requireNonNull(grace, "grace");
    leakReport.closed();
    loop.close(grace);
    speculators.close();
  }

  /** Closes at once: {@link #close(Duration)} without a grace period. */
  @Override
  public void close() {
    close(Duration.ZERO);
  }
}
