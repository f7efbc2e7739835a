package dev.llamastream.springai;

import static java.util.Objects.requireNonNull;

import dev.llamastream.FinishReason;
import dev.llamastream.Generator;
import dev.llamastream.InvalidValueException;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.ChatStream;
import dev.llamastream.engine.Engine;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.MessageAggregator;
import org.springframework.ai.chat.observation.ChatModelObservationContext;
import org.springframework.ai.chat.observation.ChatModelObservationConvention;
import org.springframework.ai.chat.observation.ChatModelObservationDocumentation;
import org.springframework.ai.chat.observation.DefaultChatModelObservationConvention;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.model.tool.ToolCallingManager;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

/**
 * Spring AI's chat model over a {@link Generator}: an {@link Engine}, which answers many requests
 * at once, or a {@link dev.llamastream.Context}, in which a new answer ends the one before.
 * Thread-safe. Closing the generator is up to its owner.
 *
 * <p><b>Streams.</b> The generation starts with the first demand. An engine computes ahead of the
 * demand by at most its buffer. Cancelling ends the generation before the next decode, also while
 * the prompt is computed. Signals come from a thread of their own, never from the engine's. The
 * last response has the tool calls, the finish reason and the usage. It has no text.
 *
 * <p><b>Tools.</b> As with the models of Spring AI 2, the answer says what to call; {@code
 * ChatClient} calls it.
 *
 * <p><b>Thinking</b> is in the metadata of the assistant's messages: see {@link #THINKING} and
 * {@link #REASONING}.
 *
 * <p><b>Errors.</b> A bad option is an {@link InvalidValueException} that names it. A full queue is
 * a {@link org.springframework.ai.retry.TransientAiException}. Other failures of the library, such
 * as a prompt that is too long, are {@link org.springframework.ai.retry.NonTransientAiException}s.
 * Nothing is retried.
 *
 * @since 0.1.0
 */
public class LlamaChatModel implements ChatModel {

  /** Metadata of a message in a stream: the next piece of the thinking, a {@code String}. */
  public static final String THINKING = "thinking";

  /**
   * Metadata of the message of a call, and of the last one of a stream: the whole thinking, a
   * {@code String}. Goes back to the model with the message.
   */
  public static final String REASONING = "reasoningContent";

  /**
   * Metadata of a generation that has ended: the {@link FinishReason}. The finish reason itself is
   * a text: {@code STOP}, {@code LENGTH}, {@code TOOL_CALLS}, {@code CANCELLED} or {@code TIMEOUT}.
   */
  public static final String REASON = "llamastreamFinishReason";

  private static final String PROVIDER = "llamastream";
  private static final ChatModelObservationConvention CONVENTION =
      new DefaultChatModelObservationConvention();

  /** For streams of an engine, which wait in Java. */
  private static final Scheduler VIRTUAL = scheduler(Thread.ofVirtual().name("llamastream-ai"));

  /** For streams of a context, which compute in native code. */
  private static final Scheduler PLATFORM =
      scheduler(Thread.ofPlatform().daemon().name("llamastream-ai"));

  private final Generator generator;
  private final LlamaChatOptions options;
  private final String name;
  private final ToolCallingManager tools;
  private final ObservationRegistry observations;
  private final ChatModelObservationConvention convention;

  LlamaChatModel(Builder builder) {
    this.generator = builder.generator;
    this.options = builder.options;
    this.name = builder.options.getModel() == null ? "" : builder.options.getModel();
    this.tools = builder.tools;
    this.observations = builder.observations;
    this.convention = builder.convention;
  }

  private static Scheduler scheduler(Thread.Builder threads) {
    return Schedulers.fromExecutorService(Executors.newThreadPerTaskExecutor(threads.factory()));
  }

  /** A builder for a model with default options. */
  public static Builder builder(Generator generator) {
    return new Builder(generator);
  }

  /** The options of prompts that have none, and those that {@code ChatClient} starts from. */
  @Override
  public LlamaChatOptions getOptions() {
    return options;
  }

  /**
   * {@inheritDoc}
   *
   * <p>If the thread is interrupted, or the generator closed, returns what there is, with the
   * finish reason {@code CANCELLED}.
   */
  @Override
  public ChatResponse call(Prompt prompt) {
    Prompt whole = whole(prompt);
    ChatRequest request = request(whole);
    ChatModelObservationContext context = context(whole, false);
    return observation(context)
        .observe(
            () -> {
              ChatResponse response = answer(request);
              context.setResponse(response);
              return response;
            });
  }

  private ChatResponse answer(ChatRequest request) {
    try (ChatStream stream = generator.chat(request)) {
      return StreamedAnswer.response(stream.answer(), name);
    } catch (RuntimeException e) {
      throw Failures.translated(e);
    }
  }

  @Override
  public Flux<ChatResponse> stream(Prompt prompt) {
    return Flux.deferContextual(view -> stream(prompt, view));
  }

  private Flux<ChatResponse> stream(Prompt prompt, ContextView view) {
    Prompt whole = whole(prompt);
    ChatRequest request = request(whole);
    ChatModelObservationContext context = context(whole, true);
    Observation observation = observation(context);
    observation.parentObservation(view.getOrDefault(ObservationThreadLocalAccessor.KEY, null));
    observation.start();
    Flux<ChatResponse> responses =
        Flux.using(
                () -> new StreamedAnswer(generator, request, name),
                answer -> Flux.generate(answer::emit),
                StreamedAnswer::close)
            .subscribeOn(generator instanceof Engine ? VIRTUAL : PLATFORM)
            .onErrorMap(Failures::translated)
            .doOnError(observation::error)
            .doFinally(_ -> observation.stop())
            .contextWrite(up -> up.put(ObservationThreadLocalAccessor.KEY, observation));
    return new MessageAggregator().aggregate(responses, context::setResponse);
  }

  private ChatRequest request(Prompt whole) {
    LlamaChatOptions given = (LlamaChatOptions) requireNonNull(whole.getOptions());
    return PromptReader.request(
        whole.getInstructions(), given, tools.resolveToolDefinitions(given));
  }

  /** The prompt with all options. */
  private Prompt whole(Prompt prompt) {
    LlamaChatOptions given = own(prompt.getOptions());
    String model = given.getModel();
    if (model == null) {
      given = given.mutate().model(name).build();
    } else if (!name.isEmpty() && !model.equals(name)) {
      throw new InvalidValueException(
          "model", "\"" + model + "\", must be \"" + name + "\": only this model is loaded");
    }
    return prompt.mutate().chatOptions(given).build();
  }

  private LlamaChatOptions own(@Nullable ChatOptions given) {
    if (given == null) {
      return options;
    }
    if (given instanceof LlamaChatOptions own) {
      return own;
    }
    LlamaChatOptions.Builder portable =
        LlamaChatOptions.builder()
            .model(given.getModel())
            .frequencyPenalty(given.getFrequencyPenalty())
            .maxTokens(given.getMaxTokens())
            .presencePenalty(given.getPresencePenalty())
            .stopSequences(given.getStopSequences())
            .temperature(given.getTemperature())
            .topK(given.getTopK())
            .topP(given.getTopP());
    if (given instanceof ToolCallingChatOptions calling) {
      portable.toolCallbacks(calling.getToolCallbacks()).toolContext(calling.getToolContext());
    }
    if (given instanceof StructuredOutputChatOptions structured) {
      portable.outputSchema(structured.getOutputSchema());
    }
    return portable.build();
  }

  private static ChatModelObservationContext context(Prompt whole, boolean streaming) {
    return ChatModelObservationContext.builder()
        .prompt(whole)
        .provider(PROVIDER)
        .streaming(streaming)
        .build();
  }

  private Observation observation(ChatModelObservationContext context) {
    return ChatModelObservationDocumentation.CHAT_MODEL_OPERATION.observation(
        convention, CONVENTION, () -> context, observations);
  }

  /** Builds {@link LlamaChatModel}. Not thread-safe. */
  public static final class Builder {
    private final Generator generator;
    private LlamaChatOptions options = LlamaChatOptions.builder().build();
    private ToolCallingManager tools = ToolCallingManager.builder().build();
    private ObservationRegistry observations = ObservationRegistry.NOOP;
    private ChatModelObservationConvention convention = CONVENTION;

    private Builder(Generator generator) {
      this.generator = requireNonNull(generator, "generator");
    }

    /**
     * See {@link LlamaChatModel#getOptions()}. Their model is the name under which the loaded one
     * is observed; requests that name another are refused.
     */
    public Builder options(LlamaChatOptions value) {
      options = requireNonNull(value, "options");
      return this;
    }

    /** Says which tools a request has. Default Spring AI's. */
    public Builder toolCallingManager(ToolCallingManager value) {
      tools = requireNonNull(value, "toolCallingManager");
      return this;
    }

    /** Where each request is observed. Default nowhere. */
    public Builder observationRegistry(ObservationRegistry value) {
      observations = requireNonNull(value, "observationRegistry");
      return this;
    }

    /** How requests are named. Default Spring AI's convention, with its names {@code gen_ai.*}. */
    public Builder observationConvention(ChatModelObservationConvention value) {
      convention = requireNonNull(value, "observationConvention");
      return this;
    }

    /**
     * Checks the options and builds the model.
     *
     * @throws InvalidValueException if an option has a value that is not allowed
     */
    public LlamaChatModel build() {
      PromptReader.check(options);
      return new LlamaChatModel(this);
    }
  }
}
