package dev.llamastream.examples;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.Model;
import dev.llamastream.chat.ChatStream;
import dev.llamastream.chat.Conversation;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Scanner;

/**
 * Chats on the console, or with lines from a pipe. Remembers 20 messages, and ends when it has
 * generated 2,000 tokens. {@code /stats} tells how much is used, {@code /clear} begins anew.
 */
public final class Chatbot {

  private static final int MESSAGES = 20;
  private static final int TOKENS_PER_ANSWER = 200;
  private static final int BUDGET = 2_000;

  private Chatbot() {}

  /** Takes the path of a model; without it, uses the default model. */
  public static void main(String... args) {
    Scanner lines =
        new Scanner(System.in, Charset.forName(System.getProperty("stdin.encoding", "UTF-8")));
    try (Model model = Model.load(ModelFile.of(args));
        Context context = new Context(model, ContextParams.builder().contextSize(4096).build())) {
      Conversation conversation =
          Conversation.builder(context)
              .system("You are a friendly assistant. Answer briefly.")
              .maxMessages(MESSAGES)
              .request(options -> options.maxTokens(TOKENS_PER_ANSWER))
              .build();
      int left = BUDGET;
      while (left > 0 && ask() && lines.hasNextLine()) {
        String line = lines.nextLine().strip();
        switch (line) {
          case "" -> {}
          case "/clear" -> {
            conversation.clear();
            System.out.println("[Forgotten]");
          }
          case "/stats" ->
              System.out.println(
                  String.format(
                      Locale.ROOT,
                      "[%d messages, %d of %d tokens in the context, %d tokens left]",
                      conversation.history().size() - 1,
                      conversation.contextUsed(),
                      context.contextSize(),
                      left));
          default -> left -= answer(conversation, line);
        }
      }
      System.out.println(left > 0 ? "[Bye]" : "[The tokens are used up]");
    }
  }

  private static boolean ask() {
    System.out.print("> ");
    System.out.flush();
    return true;
  }

  private static int answer(Conversation conversation, String question) {
    try (ChatStream answer = conversation.say(question)) {
      // Each piece is decoded when the loop asks for it
      answer
          .texts()
          .forEachRemaining(
              piece -> {
                System.out.print(piece);
                System.out.flush();
              });
      System.out.println();
      return answer.stats().generatedTokens();
    }
  }
}
