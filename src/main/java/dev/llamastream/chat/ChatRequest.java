package dev.llamastream.chat;

import static java.util.Objects.requireNonNull;

import dev.llamastream.GenerationRequest;
import dev.llamastream.SamplerParams;
import dev.llamastream.Speculation;
import dev.llamastream.Token;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request for one answer: the messages, what the model may do, the sampling and the limits.
 * Immutable.
 *
 * @since 0.1.0
 */
public final class ChatRequest {

  private final ChatRequestValues values;

  private ChatRequest(ChatRequestValues values) {
    this.values = values;
  }

  /** A builder for an answer to these messages. */
  public static Builder builder(List<ChatMessage> messages) {
    return new Builder(new ChatRequestDraft(messages));
  }

  /** A builder for an answer to these messages. */
  public static Builder builder(ChatMessage... messages) {
    return builder(Arrays.asList(requireNonNull(messages, "messages").clone()));
  }

  /** A builder that starts from these values. */
  public Builder toBuilder() {
    return new Builder(ChatRequestDraft.of(values));
  }

  /** The messages, in order. 1 to 2^20, with at most 2^26 characters. */
  public List<ChatMessage> messages() {
    return values.messages();
  }

  /** What the model may call. Names are unique, at most 1,000. Default none. */
  public List<Tool> tools() {
    return values.tools();
  }

  /** Whether the model must call a tool. Default {@link ToolChoice#AUTO}. */
  public ToolChoice toolChoice() {
    return values.toolChoice();
  }

  /** Whether the model may call several tools at once, unless one is named. Default false. */
  public boolean parallelToolCalls() {
    return values.parallelToolCalls();
  }

  /**
   * The JSON schema that the text of the answer follows; empty for none. See docs/structured.md.
   * Where the model may call tools, the answer is calls, or text that follows the schema. Where it
   * must call one, there is no text, and the schema changes nothing. Default none.
   */
  public String responseSchema() {
    return values.responseSchema();
  }

  /**
   * Whether the text of the answer is a JSON object, of any kind. Together with tools it is as a
   * {@link #responseSchema()}, and goes not together with one. Default false.
   */
  public boolean responseJson() {
    return values.responseJson();
  }

  /** Whether a model that can may think before it answers. Default true. */
  public boolean thinking() {
    return values.thinking();
  }

  /**
   * The maximum number of tokens of thinking; then the answer must begin. -1 for no limit. Default
   * -1.
   */
  public int thinkingBudget() {
    return values.thinkingBudget();
  }

  /**
   * A chat template in Jinja to use in place of the model's; empty for the model's. A template is a
   * program: use none from people you do not trust with the time of a request. Default empty.
   */
  public String template() {
    return values.template();
  }

  /**
   * Variables for the template, as JSON texts by name: {@code Map.of("reasoning_effort",
   * "\"low\"")}. Default none.
   */
  public Map<String, String> templateArguments() {
    return values.templateArguments();
  }

  /**
   * Whether control tokens written in messages, tools and template arguments are control tokens. If
   * not, they stay text, whatever the template does with them: nobody who only writes a message can
   * speak as the system. Default false.
   */
  public boolean trustSpecialTokens() {
    return values.trustSpecialTokens();
  }

  /** Whether the answer continues the last message, which must be an assistant's. Default false. */
  public boolean continueLast() {
    return values.continueLast();
  }

  /**
   * Whether the prompt ends with the beginning of an answer. If not, the model continues after the
   * last message as it likes. Default true.
   */
  public boolean addGenerationPrompt() {
    return values.addGenerationPrompt();
  }

  /** The time that the template sees; empty for the present. Default empty. */
  public Optional<Instant> now() {
    return values.now();
  }

  /**
   * The maximum number of tokens to generate, thinking included. Range [0, 2^31 - 1], default as
   * many as the context holds.
   */
  public int maxTokens() {
    return values.maxTokens();
  }

  /**
   * How tokens are chosen. A grammar of its own goes neither with tools nor with a response schema.
   * Default {@link SamplerParams#defaults()}.
   */
  public SamplerParams sampler() {
    return values.sampler();
  }

  /** Texts that end the answer: {@link GenerationRequest#stopSequences()}. Default none. */
  public List<String> stopSequences() {
    return values.stopSequences();
  }

  /** How long the answer may take: {@link GenerationRequest#timeout()}. Default no limit. */
  public Duration timeout() {
    return values.timeout();
  }

  /** Whether to reuse the prefix of the prompt that is already in the KV cache. Default true. */
  public boolean reusePrefix() {
    return values.reusePrefix();
  }

  /** Whether to compute {@link Token#logprob()} of collected tokens. Default false. */
  public boolean logprobs() {
    return values.logprobs();
  }

  /** How many {@link Token#topLogprobs()} to compute. Range [0, 1000], default 0. */
  public int topLogprobs() {
    return values.topLogprobs();
  }

  /**
   * Whether {@link ChatStream#takeTokens()} and {@link ChatAnswer#tokens()} have the tokens.
   * Default false.
   */
  public boolean collectTokens() {
    return values.collectTokens();
  }

  /** The priority in an engine's queue: {@link GenerationRequest#priority()}. Default 0. */
  public int priority() {
    return values.priority();
  }

  /** How tokens are guessed ahead: {@link GenerationRequest#speculation()}. Default none. */
  public Speculation speculation() {
    return values.speculation();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ChatRequest that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString().replaceFirst("Values", "");
  }

  /** Builds {@link ChatRequest}. Not thread-safe. */
  public static final class Builder {
    private final ChatRequestDraft draft;

    private Builder(ChatRequestDraft draft) {
      this.draft = draft;
    }

    /** See {@link ChatRequest#messages()}. */
    public Builder messages(List<ChatMessage> value) {
      draft.messages = value;
      return this;
    }

    /** See {@link ChatRequest#tools()}. */
    public Builder tools(List<Tool> value) {
      draft.tools = value;
      return this;
    }

    /** See {@link ChatRequest#tools()}. */
    public Builder tools(Tool... values) {
      draft.tools = Arrays.asList(requireNonNull(values, "tools").clone());
      return this;
    }

    /** See {@link ChatRequest#toolChoice()}. */
    public Builder toolChoice(ToolChoice value) {
      draft.toolChoice = value;
      return this;
    }

    /** See {@link ChatRequest#parallelToolCalls()}. */
    public Builder parallelToolCalls(boolean value) {
      draft.parallelToolCalls = value;
      return this;
    }

    /** See {@link ChatRequest#responseSchema()}. */
    public Builder responseSchema(String value) {
      draft.responseSchema = value;
      return this;
    }

    /** See {@link ChatRequest#responseJson()}. */
    public Builder responseJson(boolean value) {
      draft.responseJson = value;
      return this;
    }

    /** See {@link ChatRequest#thinking()}. */
    public Builder thinking(boolean value) {
      draft.thinking = value;
      return this;
    }

    /** See {@link ChatRequest#thinkingBudget()}. */
    public Builder thinkingBudget(int value) {
      draft.thinkingBudget = value;
      return this;
    }

    /** See {@link ChatRequest#template()}. */
    public Builder template(String value) {
      draft.template = value;
      return this;
    }

    /** See {@link ChatRequest#templateArguments()}. */
    public Builder templateArguments(Map<String, String> value) {
      draft.templateArguments = value;
      return this;
    }

    /** See {@link ChatRequest#trustSpecialTokens()}. */
    public Builder trustSpecialTokens(boolean value) {
      draft.trustSpecialTokens = value;
      return this;
    }

    /** See {@link ChatRequest#continueLast()}. */
    public Builder continueLast(boolean value) {
      draft.continueLast = value;
      return this;
    }

    /** See {@link ChatRequest#addGenerationPrompt()}. */
    public Builder addGenerationPrompt(boolean value) {
      draft.addGenerationPrompt = value;
      return this;
    }

    /** See {@link ChatRequest#now()}. */
    public Builder now(Instant value) {
      draft.now = Optional.of(value);
      return this;
    }

    /** See {@link ChatRequest#maxTokens()}. */
    public Builder maxTokens(int value) {
      draft.maxTokens = value;
      return this;
    }

    /** See {@link ChatRequest#sampler()}. */
    public Builder sampler(SamplerParams value) {
      draft.sampler = value;
      return this;
    }

    /** See {@link ChatRequest#stopSequences()}. */
    public Builder stopSequences(List<String> value) {
      draft.stopSequences = value;
      return this;
    }

    /** See {@link ChatRequest#stopSequences()}. */
    public Builder stopSequences(String... values) {
      draft.stopSequences = Arrays.asList(requireNonNull(values, "stopSequences").clone());
      return this;
    }

    /** See {@link ChatRequest#timeout()}. */
    public Builder timeout(Duration value) {
      draft.timeout = value;
      return this;
    }

    /** See {@link ChatRequest#reusePrefix()}. */
    public Builder reusePrefix(boolean value) {
      draft.reusePrefix = value;
      return this;
    }

    /** See {@link ChatRequest#logprobs()}. */
    public Builder logprobs(boolean value) {
      draft.logprobs = value;
      return this;
    }

    /** See {@link ChatRequest#topLogprobs()}. */
    public Builder topLogprobs(int value) {
      draft.topLogprobs = value;
      return this;
    }

    /** See {@link ChatRequest#collectTokens()}. */
    public Builder collectTokens(boolean value) {
      draft.collectTokens = value;
      return this;
    }

    /** See {@link ChatRequest#priority()}. */
    public Builder priority(int value) {
      draft.priority = value;
      return this;
    }

    /** See {@link ChatRequest#speculation()}. */
    public Builder speculation(Speculation value) {
      draft.speculation = value;
      return this;
    }

    /** Checks all values and builds the request. */
    public ChatRequest build() {
      return new ChatRequest(draft.values());
    }
  }
}
