package dev.llamastream.cli.chat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** All commands of a chat. */
final class Commands {

  private static final String KEYS =
      """
      A line that ends with \\ continues in the next line.
      A text between \""" and \""" may have several lines.
      Ctrl+C stops an answer, or clears the line. Ctrl+D leaves.\
      """;

  private final List<ReplCommand> commands = new ArrayList<>();

  Commands(Chat chat, ChatTerminal terminal) {
    commands.add(
        new ReplCommand(
            "help",
            "",
            "shows this",
            _ -> {
              terminal.print(help());
              return new Next.Read();
            }));
    commands.addAll(new ConversationCommands(chat, terminal).all());
    commands.addAll(new FileCommands(chat, terminal).all());
    commands.addAll(new SettingCommands(chat, terminal).all());
    commands.add(new ReplCommand("exit", "", "leaves", _ -> new Next.Leave()));
    commands.add(new ReplCommand("quit", "", "leaves too", _ -> new Next.Leave()));
  }

  /** The names, without slashes. */
  List<String> names() {
    return commands.stream().map(ReplCommand::name).toList();
  }

  /**
   * Runs a command.
   *
   * @throws IllegalArgumentException if there is no such command, or its argument makes no sense
   */
  Next run(Input.Command typed) throws IOException {
    Optional<ReplCommand> command =
        commands.stream().filter(each -> each.name().equals(typed.name())).findFirst();
    if (command.isEmpty()) {
      throw new IllegalArgumentException(unknown(typed.name()));
    }
    if (command.get().parameter().isEmpty() && !typed.argument().isEmpty()) {
      throw new IllegalArgumentException("/" + typed.name() + " takes nothing behind it");
    }
    return command.get().action().run(typed.argument());
  }

  private String unknown(String name) {
    return NearestName.of(name, names())
        .map(near -> String.format(Locale.ROOT, "/%s: unknown; did you mean /%s?", name, near))
        .orElseGet(
            () -> String.format(Locale.ROOT, "/%s: unknown; /help shows all commands", name));
  }

  private String help() {
    int width = commands.stream().mapToInt(each -> each.usage().length()).max().orElse(0);
    return commands.stream()
            .map(
                each ->
                    String.format(Locale.ROOT, "%-" + width + "s  %s", each.usage(), each.help()))
            .collect(Collectors.joining("\n"))
        + "\n\n"
        + KEYS;
  }
}
