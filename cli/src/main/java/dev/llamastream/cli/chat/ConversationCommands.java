package dev.llamastream.cli.chat;

import static java.util.stream.Collectors.joining;

import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.Conversation;
import java.util.List;

/** The commands that change what was said. */
final class ConversationCommands {

  private final Chat chat;
  private final ChatTerminal terminal;

  ConversationCommands(Chat chat, ChatTerminal terminal) {
    this.chat = chat;
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
      String system = instructions();
      terminal.print(system.isEmpty() ? "There is no system message." : system);
    } else if (text.equals("\"\"")) {
      chat.conversation().system("");
      terminal.note("[No system message any more]");
    } else {
      chat.conversation().system(TypedText.message(text).text());
      terminal.note("[The system message is set]");
    }
    return new Next.Read();
  }

  private String instructions() {
    Conversation copy = chat.conversation().branch();
    copy.clear();
    return text(copy.history());
  }

  private Next clear() {
    chat.clear();
    terminal.note("[The conversation is empty]");
    return new Next.Read();
  }

  private Next retry() {
    String _ = lastQuestion();
    return new Next.Answer(chat.conversation()::retry);
  }

  private Next edit() {
    return new Next.Edit(lastQuestion());
  }

  private String lastQuestion() {
    List<ChatMessage> question = chat.conversation().branch().undo();
    if (question.isEmpty()) {
      throw new IllegalArgumentException("nothing was asked yet");
    }
    return text(question);
  }

  private static String text(List<ChatMessage> messages) {
    return messages.stream().map(ChatMessage::text).collect(joining("\n\n"));
  }
}
