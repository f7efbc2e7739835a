package dev.llamastream.cli.chat;

import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatMessage.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The messages of a conversation. Immutable. */
record Transcript(List<ChatMessage> messages) {

  static Transcript of(List<ChatMessage> messages) {
    return new Transcript(List.copyOf(messages));
  }

  static boolean isInstruction(ChatMessage message) {
    return message.role() == Role.SYSTEM || message.role() == Role.DEVELOPER;
  }

  String system() {
    return hasSystem() ? messages.getFirst().text() : "";
  }

  private boolean hasSystem() {
    return !messages.isEmpty() && isInstruction(messages.getFirst());
  }

  Transcript withSystem(String text) {
    List<ChatMessage> changed = new ArrayList<>(messages);
    if (hasSystem()) {
      changed.removeFirst();
    }
    if (!text.isEmpty()) {
      changed.addFirst(ChatMessage.system(text));
    }
    return of(changed);
  }

  Transcript plus(ChatMessage message) {
    List<ChatMessage> longer = new ArrayList<>(messages);
    longer.add(message);
    return of(longer);
  }

  Optional<ChatMessage> lastQuestion() {
    int last = lastQuestionIndex();
    return last < 0 ? Optional.empty() : Optional.of(messages.get(last));
  }

  private int lastQuestionIndex() {
    int index = messages.size() - 1;
    while (index >= 0 && messages.get(index).role() != Role.USER) {
      index--;
    }
    return index;
  }

  Transcript beforeLastQuestion() {
    return of(messages.subList(0, Math.max(0, lastQuestionIndex())));
  }

  Transcript withoutUnanswered() {
    boolean unanswered = !messages.isEmpty() && messages.getLast().role() == Role.USER;
    return unanswered ? of(messages.subList(0, messages.size() - 1)) : this;
  }

  /** Empty if there is one turn only. */
  Optional<Transcript> withoutOldestTurn() {
    List<ChatMessage> kept = new ArrayList<>();
    int questions = 0;
    for (ChatMessage message : messages) {
      questions += message.role() == Role.USER ? 1 : 0;
      if (questions > 1 || isInstruction(message)) {
        kept.add(message);
      }
    }
    return questions > 1 ? Optional.of(of(kept)) : Optional.empty();
  }
}
