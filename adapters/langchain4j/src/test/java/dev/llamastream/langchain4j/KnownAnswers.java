package dev.llamastream.langchain4j;

import static dev.llamastream.langchain4j.ScriptedAnswers.call;

import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import java.util.Map;

/** What a good model would say to LangChain4j's tests of chat models. */
final class KnownAnswers {

  private static final String WEATHER = call("getWeather", "{\"city\":\"Munich\"}");

  private static final Map<String, String> TO_USERS =
      Map.of(
          "Translate: 'I love you'", "Ich liebe dich",
          "What is my favorite color?", "Your favorite color is green.",
          "What is the capital of Germany? How much is 2 + 2?", "Berlin, and 2 + 2 is 4.",
          "Say 'Hello World'", "Hello World!",
          "Tell me a long story about animals", "Once upon a time there was a fox. ".repeat(20),
          "What is the weather in Munich?", WEATHER,
          "I live in Munich", WEATHER,
          "What is the time now? Use the get_current_time tool.", call("get_current_time", "{}"),
          "hello", "Hello! How can I help you?");

  private static final String BOTH = "What is the weather in Munich and time in France?";

  private KnownAnswers() {}

  /** The answer. */
  static String to(ChatRequest request) {
    String last = ScriptedAnswers.last(request);
    boolean json = request.responseJson() || !request.responseSchema().isEmpty();
    if (last.startsWith("What is the capital of Germany?") && json) {
      return "{\"city\": \"Berlin\"}";
    }
    if (request.messages().getLast().role() == ChatMessage.Role.TOOL) {
      return toTool(json, last);
    }
    if (last.startsWith(BOTH)) {
      return WEATHER + "\n" + call("getTime", "{\"country\":\"France\"}");
    }
    return TO_USERS.getOrDefault(last, "The capital of Germany is Berlin.");
  }

  private static String toTool(boolean json, String result) {
    return switch (result) {
      case "sunny" -> json ? "{\"weather\":\"sunny\"}" : "It is sunny in Munich.";
      case "14:35" -> "It is sunny in Munich, and 14:35 in France.";
      default -> "It is " + result + ".";
    };
  }
}
