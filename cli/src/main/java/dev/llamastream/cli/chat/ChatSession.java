package dev.llamastream.cli.chat;

import dev.llamastream.Generator;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.StreamStats;
import dev.llamastream.chat.ChatAnswer;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatStream;
import java.util.List;
import java.util.Optional;

/** What was said so far, and how to get the next answer. For one thread. */
final class ChatSession {

  /** The part of the context that an answer finds free, as a divisor. */
  private static final int ROOM = 4;

  private final Generator generator;
  private final ChatSettings settings;
  private Transcript transcript = Transcript.of(List.of());
  private Optional<StreamStats> lastStats = Optional.empty();

  ChatSession(Generator generator, ChatSettings settings, String system) {
    this.generator = generator;
    this.settings = settings;
    system(system);
  }

  ChatSettings settings() {
    return settings;
  }

  int contextSize() {
    return generator.contextSize();
  }

  List<ChatMessage> messages() {
    return transcript.messages();
  }

  /** Goes on with another conversation. */
  void messages(List<ChatMessage> messages) {
    transcript = Transcript.of(messages);
    lastStats = Optional.empty();
  }

  /** The system message; empty if there is none. */
  String system() {
    return transcript.system();
  }

  /** Replaces the system message. An empty text removes it. */
  void system(String text) {
    transcript = transcript.withSystem(text);
  }

  /** Forgets everything but what the system says. */
  void clear() {
    messages(messages().stream().filter(Transcript::isInstruction).toList());
  }

  /** What the user said last. */
  Optional<String> lastQuestion() {
    return transcript.lastQuestion().map(ChatMessage::text);
  }

  /** Adds what the user says. Replaces what had no answer. */
  void ask(String text) {
    ChatMessage question = ChatMessage.user(text);
    transcript = transcript.withoutUnanswered().plus(question);
  }

  /** Forgets the last question and its answer. */
  void withdrawQuestion() {
    transcript = transcript.beforeLastQuestion();
  }

  /** Forgets the answer to the last question. */
  void withdrawAnswer() {
    ChatMessage question = transcript.lastQuestion().orElseThrow();
    transcript = transcript.beforeLastQuestion().plus(question);
  }

  /**
   * Starts the answer to the last question. If there is not enough room, forgets the oldest turns.
   *
   * @throws PromptTooLongException if the question alone is too long; nothing is forgotten then
   */
  Start start() {
    Transcript kept = transcript;
    for (int dropped = 0; ; dropped++) {
      Optional<Transcript> shorter = kept.withoutOldestTurn();
      Optional<ChatStream> stream = stream(kept, shorter.isPresent());
      if (stream.isPresent()) {
        transcript = kept;
        return new Start(stream.get(), dropped);
      }
      kept = shorter.orElseThrow();
    }
  }

  /** Empty if it does not fit, and may be made shorter. */
  private Optional<ChatStream> stream(Transcript messages, boolean canBeShorter) {
    ChatStream stream;
    try {
      stream = generator.chat(settings.request(messages.messages()));
    } catch (PromptTooLongException e) {
      if (canBeShorter) {
        return Optional.empty();
      }
      throw e;
    }
    int room = Math.min(settings.maxTokens(), contextSize() / ROOM);
    if (canBeShorter && stream.stats().promptTokens() > contextSize() - room) {
      stream.close();
      return Optional.empty();
    }
    return Optional.of(stream);
  }

  /** Adds an answer, whole or not. One without text and calls does not count as an answer. */
  void answered(ChatAnswer answer) {
    lastStats = Optional.of(answer.stats());
    if (!answer.text().isEmpty() || !answer.toolCalls().isEmpty()) {
      transcript = transcript.plus(answer.toMessage());
    }
  }

  /** The statistics of the last answer. */
  Optional<StreamStats> lastStats() {
    return lastStats;
  }

  /**
   * An answer that begins.
   *
   * @param dropped how many turns were forgotten
   */
  record Start(ChatStream stream, int dropped) {}
}
