package dev.llamastream.examples;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ChatStream;
import dev.llamastream.chat.Conversation;
import dev.llamastream.chat.Tool;
import dev.llamastream.chat.ToolBox;
import dev.llamastream.chat.ToolChoice;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lets the model call two Java functions before it answers. */
public final class Tools {

  private static final String CITY =
      """
      {"type": "object",
       "properties": {"city": {"type": "string", "enum": ["Paris", "Tokyo"]}},
       "required": ["city"], "additionalProperties": false}
      """;
  private static final Map<String, String> ZONES =
      Map.of("Paris", "Europe/Paris", "Tokyo", "Asia/Tokyo");

  private Tools() {}

  /** Takes the path of a model; without it, uses the default model. */
  public static void main(String... args) {
    ToolBox tools =
        ToolBox.builder()
            .add(Tool.of("get_weather", "The weather in a city", CITY), Tools::weather)
            .add(Tool.of("get_time", "The time of day in a city", CITY), Tools::time)
            .build();
    String question = "What is the weather in Paris?";
    try (Model model = Model.load(ModelFile.of(args));
        Context context = new Context(model, ContextParams.defaults())) {
      Conversation conversation =
          Conversation.builder(context)
              .toolBox(tools)
              // The default model is so small that it would rather guess: it must call a tool first
              .request(
                  options ->
                      options
                          .toolChoice(ToolChoice.REQUIRED)
                          .sampler(SamplerParams.greedy())
                          .maxTokens(100))
              .build();
      System.out.println(question);
      // The loop sees the calls, and then the answer that is made of their results
      try (ChatStream answer = conversation.say(question)) {
        answer.forEachRemaining(Tools::print);
      }
      System.out.println();
    }
  }

  private static void print(ChatDelta delta) {
    switch (delta) {
      case ChatDelta.Text(String text) -> System.out.print(text);
      case ChatDelta.ToolCallDone(int _, var call) ->
          System.out.println("[" + call.name() + " " + call.arguments() + "]");
      default -> {}
    }
    System.out.flush();
  }

  /** A function takes JSON and returns JSON or a sentence. What it throws is told to the model. */
  private static String weather(String arguments) {
    return city(arguments).equals("Paris")
        ? "{\"weather\": \"sunny\", \"celsius\": 21}"
        : "{\"weather\": \"rain\", \"celsius\": 14}";
  }

  private static String time(String arguments) {
    ZoneId zone = ZoneId.of(ZONES.get(city(arguments)));
    return LocalTime.now(zone).truncatedTo(ChronoUnit.MINUTES).toString();
  }

  /** A program with a JSON library would use that. */
  private static String city(String arguments) {
    Matcher city = Pattern.compile("\"city\"\\s*:\\s*\"(Paris|Tokyo)\"").matcher(arguments);
    if (!city.find()) {
      throw new IllegalArgumentException("city: must be Paris or Tokyo");
    }
    return city.group(1);
  }
}
