package dev.llamastream.cli.chat;

import dev.llamastream.StreamStats;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The commands that change how answers are made, and show how the last one was. */
final class SettingCommands {

  private final Chat chat;
  private final ChatTerminal terminal;

  SettingCommands(Chat chat, ChatTerminal terminal) {
    this.chat = chat;
    this.terminal = terminal;
  }

  List<ReplCommand> all() {
    return List.of(
        new ReplCommand("stats", "", "shows the figures of the last answer", _ -> stats()),
        new ReplCommand("temp", "[x]", "shows or sets the temperature", this::temperature),
        new ReplCommand(
            "think", "on|off", "lets a model that can think before it answers", this::think));
  }

  private Next stats() {
    Optional<StreamStats> stats = chat.lastStats();
    terminal.print(
        stats
            .map(last -> new Figures(last, chat.contextSize()).block())
            .orElse("There is no answer yet."));
    return new Next.Read();
  }

  private Next temperature(String value) {
    if (!value.isEmpty()) {
      chat.settings().temperature(number(value));
    }
    terminal.note(String.format(Locale.ROOT, "[Temperature: %s]", chat.settings().temperature()));
    return new Next.Read();
  }

  private static double number(String value) {
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("/temp " + value + ": must be a number", e);
    }
  }

  private Next think(String value) {
    switch (value) {
      case "on" -> chat.settings().thinking(true);
      case "off" -> chat.settings().thinking(false);
      case "" -> {}
      default -> throw new IllegalArgumentException("/think " + value + ": must be on or off");
    }
    terminal.note(chat.settings().thinking() ? "[Thinking: on]" : "[Thinking: off]");
    return new Next.Read();
  }
}
