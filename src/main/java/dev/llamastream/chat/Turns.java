package dev.llamastream.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Messages as turns: what a user says, and all that follows up to what the user says next.
 * Instructions at the beginning belong to no turn. Immutable.
 */
final class Turns {

  private final List<ChatMessage> instructions;
  private final List<List<ChatMessage>> turns;

  private Turns(List<ChatMessage> instructions, List<List<ChatMessage>> turns) {
    this.instructions = instructions;
    this.turns = turns;
  }

  static Turns of(List<ChatMessage> messages) {
    int first = 0;
    while (first < messages.size() && instructs(messages.get(first))) {
      first++;
    }
    List<List<ChatMessage>> turns = new ArrayList<>();
    int from = first;
    for (int i = first + 1; i <= messages.size(); i++) {
      if (i == messages.size() || begins(messages, i)) {
        turns.add(messages.subList(from, i));
        from = i;
      }
    }
    return new Turns(messages.subList(0, first), turns);
  }

  private static boolean instructs(ChatMessage message) {
    return message.role() == ChatMessage.Role.SYSTEM
        || message.role() == ChatMessage.Role.DEVELOPER;
  }

  /** A tool's result that comes late still belongs to the turn before. */
  private static boolean begins(List<ChatMessage> messages, int i) {
    if (!says(messages.get(i)) || says(messages.get(i - 1))) {
      return false;
    }
    return messages.subList(i, messages.size()).stream()
        .filter(message -> !says(message))
        .findFirst()
        .map(message -> message.role() != ChatMessage.Role.TOOL)
        .orElse(true);
  }

  private static boolean says(ChatMessage message) {
    return message.role() == ChatMessage.Role.USER;
  }

  static List<ChatMessage> plus(List<ChatMessage> messages, List<ChatMessage> more) {
    return Stream.concat(messages.stream(), more.stream()).toList();
  }

  /** The messages up to the last one of a user; empty if there is none. */
  static List<ChatMessage> toLastQuestion(List<ChatMessage> messages) {
    for (int end = messages.size(); end > 0; end--) {
      if (says(messages.get(end - 1))) {
        return messages.subList(0, end);
      }
    }
    return List.of();
  }

  /** The instructions at the beginning. */
  List<ChatMessage> instructions() {
    return List.copyOf(instructions);
  }

  /** All messages. */
  List<ChatMessage> messages() {
    return Stream.concat(instructions.stream(), turns.stream().flatMap(List::stream)).toList();
  }

  Turns withInstructions(List<ChatMessage> other) {
    return new Turns(other, turns);
  }

  /** How many turns there are. */
  int count() {
    return turns.size();
  }

  /** What the user says in the last turn; empty if the messages begin with something else. */
  List<ChatMessage> lastQuestion() {
    return turns.isEmpty() ? List.of() : turns.getLast().stream().takeWhile(Turns::says).toList();
  }

  Turns withoutLast() {
    return new Turns(instructions, turns.subList(0, turns.size() - 1));
  }

  /** Whether there is a turn before the last one. */
  boolean canForget() {
    return turns.size() > 1;
  }

  /**
   * Forgets the oldest turns, so that at most this many messages are in turns, or one turn is left.
   *
   * @param max 0 for no limit
   */
  Turns atMost(int max) {
    int count = turns.stream().mapToInt(List::size).sum();
    int forgotten = 0;
    while (max > 0 && count > max && forgotten < turns.size() - 1) {
      count -= turns.get(forgotten++).size();
    }
    return without(forgotten);
  }

  /**
   * Forgets the oldest turns, with at least this share of all characters: at least one turn, at
   * most all but the last.
   */
  Turns withoutShare(double share) {
    long all = size(instructions) + turns.stream().mapToLong(Turns::size).sum();
    long size = 0;
    int forgotten = 0;
    do {
      size += size(turns.get(forgotten++));
    } while (forgotten < turns.size() - 1 && size < share * all);
    return without(forgotten);
  }

  private Turns without(int forgotten) {
    return new Turns(instructions, turns.subList(forgotten, turns.size()));
  }

  private static long size(List<ChatMessage> turn) {
    return turn.stream().mapToLong(Turns::size).sum();
  }

  private static long size(ChatMessage message) {
    return message.text().length()
        + message.toolCalls().stream().mapToLong(call -> call.arguments().length()).sum();
  }
}
