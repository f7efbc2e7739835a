package dev.llamastream.cli.chat;

import java.util.List;

/** The commands that change what was said. */
final class ConversationCommands {

  private static final String NOTHING_SAID = "nothing was asked yet";

  private final ChatSession session;
  private final ChatTerminal terminal;

  ConversationCommands(ChatSession session, ChatTerminal terminal) {
    this.session = session;
    this.terminal = terminal;
  }

  List<ReplCommand> all() {
    return List.of(
        new ReplCommand(
            "system",
            "[text]",
            "shows or replaces the system message; \"\" removes it",
            this::system),
        new ReplCommand("clear", "", "forgets all but the system message", _ -> clear()),
        new ReplCommand("retry", "", "answers the last message again", _ -> retry()),
        new ReplCommand("edit", "", "changes the last message, and answers it", _ -> edit()));
  }

  private Next system(String text) {
    if (text.isEmpty()) {
      String system = session.system();
      terminal.print(system.isEmpty() ? "There is no system message." : system);
    } else if (text.equals("\"\"")) {
      session.system("");
      terminal.note("[No system message any more]");
    } else {
      session.system(TypedText.message(text).text());
      terminal.note("[The system message is set]");
    }
    return new Next.Read();
  }

  private Next clear() {
    session.clear();
    terminal.note("[The conversation is empty]");
    return new Next.Read();
  }

  private Next retry() {
    if (session.lastQuestion().isEmpty()) {
      throw new IllegalArgumentException(NOTHING_SAID);
    }
    session.withdrawAnswer();
    return new Next.Answer();
  }

  private Next edit() {
    return new Next.Edit(
        session.lastQuestion().orElseThrow(() -> new IllegalArgumentException(NOTHING_SAID)));
  }
}
