package dev.llamastream.cli.chat;

import dev.llamastream.Generator;
import dev.llamastream.StreamStats;
import dev.llamastream.chat.Conversation;
import java.util.Locale;
import java.util.Optional;

/** A chat with a model. For one thread. */
public final class Chat {

  private final Generator generator;
  private final ChatSettings settings;
  private Conversation conversation;
  private Optional<StreamStats> lastStats = Optional.empty();

  /**
   * A chat.
   *
   * @param system the system message; empty for none
   */
  public Chat(Generator generator, ChatSettings settings, String system) {
    this.generator = generator;
    this.settings = settings;
    conversation = fromJson("[]");
    conversation.system(system);
  }

  /**
   * Runs until the input ends. Returns the exit status.
   *
   * @param model what the model is called
   * @param quiet whether to show neither a greeting nor figures
   */
  public int run(ChatTerminal terminal, String model, boolean quiet) {
    boolean talkative = terminal.interactive() && !quiet;
    if (talkative) {
      terminal.print(
          String.format(
              Locale.ROOT,
              "%s, context of %d tokens. /help shows the commands.",
              model,
              contextSize()));
    }
    return new Repl(this, terminal, talkative).run();
  }

  int contextSize() {
    return generator.contextSize();
  }

  ChatSettings settings() {
    return settings;
  }

  Conversation conversation() {
    return conversation;
  }

  /**
   * A conversation with this model.
   *
   * @throws IllegalArgumentException if the text is no conversation
   */
  Conversation fromJson(String json) {
    return Conversation.builder(generator).request(settings::apply).json(json).build();
  }

  /** Replaces the conversation. */
  void conversation(Conversation other) {
    conversation = other;
    lastStats = Optional.empty();
  }

  /** Forgets everything but what the system says. */
  void clear() {
    conversation.clear();
    lastStats = Optional.empty();
  }

  /** The statistics of the last answer. */
  Optional<StreamStats> lastStats() {
    return lastStats;
  }

  void lastStats(StreamStats stats) {
    lastStats = Optional.of(stats);
  }
}
