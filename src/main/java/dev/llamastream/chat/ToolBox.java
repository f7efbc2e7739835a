package dev.llamastream.chat;

import static java.util.Objects.requireNonNull;

import dev.llamastream.InvalidValueException;
import dev.llamastream.internal.Check;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;

/**
 * Tools with the Java functions that do what they promise. Immutable and thread-safe, if the
 * functions are thread-safe.
 *
 * <p>A call that goes wrong is not an exception here. Its result is a text that tells the model
 * what went wrong: {@code {"error": "no such city"}}. This holds for a function that throws, takes
 * too long, or returns no text, for an unknown tool, and for arguments that are not a JSON object.
 *
 * @since 0.1.0
 */
public final class ToolBox {

  /** How long a result may be, in chars. */
  static final int MAX_RESULT = 1 << 20;

  private static final Duration MAX_TIMEOUT = Duration.ofDays(36_500);

  private final List<Tool> tools;
  private final Map<String, ToolFunction> functions = new LinkedHashMap<>();
  private final int maxRounds;
  private final Duration timeout;

  private ToolBox(Builder builder) {
    tools = List.copyOf(builder.tools);
    for (int i = 0; i < tools.size(); i++) {
      String name = tools.get(i).name();
      if (functions.put(name, builder.functions.get(i)) != null) {
        throw new InvalidValueException("tools", "two are named \"" + name + "\"");
      }
    }
    maxRounds = Check.range("maxRounds", builder.maxRounds, 1, 1_000);
    timeout = requireNonNull(builder.timeout, "timeout");
    if (timeout.isNegative() || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw Check.outOfRange("timeout", timeout, "[0, 36500 days]");
    }
  }

  /** A builder that starts without tools. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from these tools and values. */
  public Builder toBuilder() {
    Builder builder = new Builder().maxRounds(maxRounds).timeout(timeout);
    tools.forEach(tool -> builder.add(tool, requireNonNull(functions.get(tool.name()), "tool")));
    return builder;
  }

  /** The tools, in the order in which they were added. */
  public List<Tool> tools() {
    return tools;
  }

  /**
   * How many times the model may ask for tools before it has to answer. It may ask for several at
   * once. Range [1, 1000], default 10.
   */
  public int maxRounds() {
    return maxRounds;
  }

  /** How long a call may take. Range [0, 36500 days], zero for no limit. Default 30 seconds. */
  public Duration timeout() {
    return timeout;
  }

  /**
   * Runs calls, all at once, and waits for them.
   *
   * @return the results for the model, in the order of the calls
   * @throws CancellationException if the thread is interrupted. Its interrupt status stays set. The
   *     running functions are interrupted, and not waited for
   */
  public List<ChatMessage> call(List<ToolCall> calls) {
    try {
      return start(Check.listOf("calls", calls)).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      CancellationException cancelled = new CancellationException("interrupted");
      cancelled.initCause(e);
      throw cancelled;
    }
  }

  ToolRun start(List<ToolCall> calls) {
    return new ToolRun(functions, timeout, calls);
  }

  /** Names the tools. */
  @Override
  public String toString() {
    return "ToolBox[tools="
        + functions.keySet()
        + ", maxRounds="
        + maxRounds
        + ", timeout="
        + timeout
        + "]";
  }

  /** Builds {@link ToolBox}. Not thread-safe. */
  public static final class Builder {
    private final List<Tool> tools = new ArrayList<>();
    private final List<ToolFunction> functions = new ArrayList<>();
    private int maxRounds = 10;
    private Duration timeout = Duration.ofSeconds(30);

    private Builder() {}

    /**
     * Adds a tool.
     *
     * @param function what its calls do; must be thread-safe
     */
    public Builder add(Tool tool, ToolFunction function) {
      tools.add(requireNonNull(tool, "tool"));
      functions.add(requireNonNull(function, "function"));
      return this;
    }

    /** See {@link ToolBox#maxRounds()}. */
    public Builder maxRounds(int value) {
      maxRounds = value;
      return this;
    }

    /** See {@link ToolBox#timeout()}. */
    public Builder timeout(Duration value) {
      timeout = value;
      return this;
    }

    /** Checks all values and builds the tool box. */
    public ToolBox build() {
      return new ToolBox(this);
    }
  }
}
