package dev.llamastream.chat;

import static java.util.Objects.requireNonNull;

import dev.llamastream.Generator;
import dev.llamastream.InvalidValueException;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.StreamStats;
import dev.llamastream.internal.Check;
import dev.llamastream.internal.TextCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A chat with a history. It keeps what was said, and sends all of it to the model each time. Works
 * with a {@link dev.llamastream.Context} and with an {@link dev.llamastream.engine.Engine}, which
 * many conversations may share. The model computes only what the KV cache does not hold: in the
 * usual case, what was said last.
 *
 * <p><b>The history changes when an answer ends.</b> Then it gets the question, the answer, and
 * between them the calls of tools with their results. An answer that is cancelled, superseded or
 * out of time is kept as far as it got, without unfinished calls of tools; if it has no text and no
 * tool was run, the history stays as it was. It also stays as it was if the generation fails.
 *
 * <p><b>Tools</b> of a {@link ToolBox} are run when the model asks for them, and the model is asked
 * again with the results. All of this is one stream and one {@link ChatAnswer}, which has the texts
 * and the calls of all rounds, and the statistics of the last one. {@link ToolChoice#REQUIRED} and
 * the choice of a tool count for the first round. After {@link ToolBox#maxRounds()} rounds the
 * model must answer without tools. Without a tool box the caller runs the tools, and gives the
 * results to {@link #say(List)}. With a {@link ChatRequest#responseSchema()}, each round is calls
 * of tools, or text that follows the schema and ends the answer.
 *
 * <p><b>Forgetting.</b> A turn is what a user says and all that follows up to what the user says
 * next. The oldest turns are forgotten, in the history too, if there are more messages than {@link
 * Builder#maxMessages}, or if the prompt leaves too little room for the answer: fewer than {@link
 * ChatRequest#maxTokens()} tokens, but at most a quarter of {@link Generator#tokensPerStream()}.
 * Then a second quarter is freed, because the model must compute all that follows the gap anew. The
 * instructions at the beginning and the last turn are never forgotten.
 *
 * <p><b>Threads.</b> Any thread may call, but there is one answer at a time. A new question
 * supersedes an answer that no thread is reading at that moment. While one is, and while another
 * thread is asking, it throws {@link IllegalStateException}. A conversation needs no closing.
 *
 * @since 0.1.0
 */
public final class Conversation {

  private final Asking asking;
  private final Object lock = new Object();

  // guarded by the lock
  private List<ChatMessage> history;
  private List<ChatMessage> unanswered = List.of();
  private @Nullable ConversationStream latest;
  private int forgotten;
  private boolean starting;

  private Conversation(Asking asking, List<ChatMessage> history) {
    this.asking = asking;
    this.history = history;
  }

  /**
   * A builder of an empty conversation.
   *
   * @param generator what answers. The conversation does not close it
   */
  public static Builder builder(Generator generator) {
    return new Builder(generator);
  }

  /**
   * Asks the model. The answer is as lazy as the generator's: see {@link
   * Generator#chat(ChatRequest)}, which also says what this method throws.
   *
   * @throws PromptTooLongException if this text alone, with the instructions, has no room
   * @throws IllegalStateException if another thread is asking, or reads an answer
   */
  public ChatStream say(String text) {
    return say(List.of(ChatMessage.user(text)));
  }

  /**
   * Like {@link #say(String)}, with whole messages.
   *
   * @param messages of a user, or the results of tools that the last answer asked for. At least one
   */
  public ChatStream say(List<ChatMessage> messages) {
    List<ChatMessage> question = Check.listOf("messages", messages);
    if (question.isEmpty()) {
      throw new InvalidValueException("messages", "there are none");
    }
    for (ChatMessage message : question) {
      if (message.role() != ChatMessage.Role.USER && message.role() != ChatMessage.Role.TOOL) {
        throw new InvalidValueException(
            "messages", "one is from " + message.role() + ", must be from USER or TOOL");
      }
    }
    begin();
    try {
      return start(Turns.plus(history(), question), question);
    } finally {
      started();
    }
  }

  /** Like {@link #say(String)}, and waits for the whole answer. */
  public ChatAnswer ask(String text) {
    return say(text).answer();
  }

  /**
   * Asks the last question again, and drops its answer when the new one ends. If the last question
   * got no answer, because that failed or was cancelled, asks it for the first time.
   *
   * @throws IllegalStateException if there is no question, another thread is asking, or reads an
   *     answer
   */
  public ChatStream retry() {
    begin();
    try {
      List<ChatMessage> again = again();
      List<ChatMessage> asked =
          again.isEmpty() ? Turns.toLastQuestion(history()) : Turns.plus(history(), again);
      if (asked.isEmpty()) {
        throw new IllegalStateException("there is no question to ask again");
      }
      return start(asked, again);
    } finally {
      started();
    }
  }

  private List<ChatMessage> again() {
    synchronized (lock) {
      return unanswered;
    }
  }

  private void begin() {
    synchronized (lock) {
      if (starting) {
        throw new IllegalStateException("another thread is asking in this conversation");
      }
      if (latest != null) {
        latest.supersede();
      }
      starting = true;
    }
  }

  private void started() {
    synchronized (lock) {
      starting = false;
    }
  }

  /**
   * Asks.
   *
   * @param messages with the question at the end
   * @param question what is not yet in the history
   */
  private ChatStream start(List<ChatMessage> messages, List<ChatMessage> question) {
    Asking.Asked asked = null;
    try {
      asked = asking.ask(messages, 0);
    } finally {
      if (asked == null) {
        end(List.of(), question, 0);
      }
    }
    int turns = Turns.of(messages).count();
    ConversationStream stream =
        new ConversationStream(asking, asked, lock, kept -> end(kept, question, turns));
    synchronized (lock) {
      latest = stream;
      forgotten = turns - Turns.of(asked.messages()).count();
    }
    return stream;
  }

  /**
   * An answer has ended.
   *
   * @param messages the history; empty if it stays as it was, and the question has no answer
   * @param turns how many there were when the question was asked
   */
  private void end(List<ChatMessage> messages, List<ChatMessage> question, int turns) {
    synchronized (lock) {
      if (messages.isEmpty()) {
        unanswered = question;
        forgotten = 0;
      } else {
        Turns kept = Turns.of(messages).atMost(asking.maxMessages());
        history = kept.messages();
        unanswered = List.of();
        forgotten = turns - kept.count();
      }
    }
  }

  /** What was said, without the question of an answer that has not ended. Unmodifiable. */
  public List<ChatMessage> history() {
    synchronized (lock) {
      return history;
    }
  }

  /**
   * A copy with the same {@link #history()}, options, and last question if that got no answer.
   * Neither affects the other.
   */
  public Conversation branch() {
    synchronized (lock) {
      Conversation branch = new Conversation(asking, history);
      branch.unanswered = unanswered;
      return branch;
    }
  }

  /**
   * Replaces the instructions at the beginning. The model then computes the whole history anew.
   * Supersedes an open answer.
   *
   * @param text empty for no instructions
   * @throws IllegalStateException if another thread is asking, or reads an answer
   */
  public void system(String text) {
    List<ChatMessage> instructions = text.isEmpty() ? List.of() : List.of(ChatMessage.system(text));
    change(() -> history = Turns.of(history).withInstructions(instructions).messages());
  }

  /**
   * Forgets the last turn, for instance to say something else in its place. If the last question
   * got no answer, forgets that one alone. Supersedes an open answer.
   *
   * @return what was said, as {@link #say(List)} takes it; empty if there is nothing to forget
   * @throws IllegalStateException if another thread is asking, or reads an answer
   */
  public List<ChatMessage> undo() {
    List<ChatMessage> question = new ArrayList<>();
    change(
        () -> {
          question.addAll(unanswered);
          if (question.isEmpty()) {
            Turns turns = Turns.of(history);
            question.addAll(turns.lastQuestion());
            history = question.isEmpty() ? history : turns.withoutLast().messages();
          }
          unanswered = List.of();
        });
    return List.copyOf(question);
  }

  /**
   * Forgets all but the instructions at the beginning. Supersedes an open answer.
   *
   * @throws IllegalStateException if another thread is asking, or reads an answer
   */
  public void clear() {
    change(
        () -> {
          history = Turns.of(history).instructions();
          unanswered = List.of();
          latest = null;
          forgotten = 0;
        });
  }

  private void change(Runnable change) {
    begin();
    synchronized (lock) {
      starting = false;
      change.run();
    }
  }

  /**
   * How many turns the latest answer makes the conversation forget, as far as is known: results of
   * tools may need more room. 0 if it leaves the history as it was.
   */
  public int forgotten() {
    synchronized (lock) {
      return forgotten;
    }
  }

  /**
   * How many tokens the latest answer takes in the context, with its prompt. 0 before the first
   * one.
   */
  public int contextUsed() {
    synchronized (lock) {
      if (latest == null) {
        return 0;
      }
      StreamStats stats = latest.stats();
      // the last token of a full context has no cell
      return Math.min(
          stats.promptTokens() + stats.generatedTokens(), asking.generator().tokensPerStream());
    }
  }

  /**
   * The history as JSON: an object whose {@code messages} have the form of OpenAI's chat
   * completions, for instance {@code {"messages":[{"role":"user","content":"Hi"}]}}. What a model
   * thought is {@code reasoning_content}. {@link Builder#json} reads it without loss.
   */
  public String toJson() {
    return MessagesJson.write(history());
  }

  /** Builds {@link Conversation}. Not thread-safe. */
  public static final class Builder {
    private final Generator generator;
    private List<ChatMessage> system = List.of();
    private List<ChatMessage> history = List.of();
    private UnaryOperator<ChatRequest.Builder> options = UnaryOperator.identity();
    private ToolBox toolBox = ToolBox.builder().build();
    private int maxMessages;

    private Builder(Generator generator) {
      this.generator = requireNonNull(generator, "generator");
    }

    /**
     * Instructions to the model. A history that begins with instructions of its own keeps those.
     */
    public Builder system(String text) {
      system = List.of(ChatMessage.system(text));
      return this;
    }

    /** What was said before. Default nothing. */
    public Builder history(List<ChatMessage> messages) {
      history = messages;
      return this;
    }

    /**
     * What was said before, as {@link Conversation#toJson()} writes it. An array of messages will
     * do too.
     *
     * @throws InvalidValueException if it is something else, or a message has no text content
     */
    public Builder json(String json) {
      return history(MessagesJson.read(TextCheck.check("json", json)));
    }

    /**
     * What every request has: the sampler, limits, a template, a response schema and so on. It gets
     * a builder with the messages and the tools for each request, and its messages are not used.
     *
     * @param options must be thread-safe if several threads use the conversation or its branches
     */
    public Builder request(UnaryOperator<ChatRequest.Builder> options) {
      this.options = requireNonNull(options, "request");
      return this;
    }

    /** The tools that are run for the model. Default none. */
    public Builder toolBox(ToolBox value) {
      toolBox = requireNonNull(value, "toolBox");
      return this;
    }

    /**
     * How many messages the history keeps, without the instructions at the beginning. The last turn
     * is kept even if it has more. Once the limit is reached, each question forgets a turn, and the
     * model computes all that follows it anew. Range [0, 2^20], 0 for no limit. Default 0.
     */
    public Builder maxMessages(int value) {
      maxMessages = Check.range("maxMessages", value, 0, 1 << 20);
      return this;
    }

    /** Builds the conversation. */
    public Conversation build() {
      List<ChatMessage> messages = Check.listOf("history", history);
      if (Turns.of(messages).instructions().isEmpty()) {
        messages = Turns.plus(system, messages);
      }
      return new Conversation(new Asking(generator, options, toolBox, maxMessages), messages);
    }
  }
}
