package dev.llamastream.cli.chat;

import dev.llamastream.Generator;
import java.util.Locale;

/** A chat with a model. */
public final class Chat {

  private final Generator generator;
  private final ChatSettings settings;
  private final String system;

  /**
   * A chat.
   *
   * @param system the system message; empty for none
   */
  public Chat(Generator generator, ChatSettings settings, String system) {
    this.generator = generator;
    this.settings = settings;
    this.system = system;
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
              generator.contextSize()));
    }
    return new Repl(new ChatSession(generator, settings, system), terminal, talkative).run();
  }
}
