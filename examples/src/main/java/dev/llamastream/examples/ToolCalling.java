package dev.llamastream.examples;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ChatStream;
import dev.llamastream.chat.Conversation;
import dev.llamastream.chat.ToolChoice;
import dev.llamastream.structured.ToolMethod;
import dev.llamastream.structured.ToolParam;
import dev.llamastream.structured.Tools;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;

/** Lets the model call two Java methods before it answers. */
public final class ToolCalling {

  private ToolCalling() {}

  /** Where the model can ask about. */
  public enum City {
    /** In Europe. */
    PARIS("Europe/Paris"),
    /** In Asia. */
    TOKYO("Asia/Tokyo");

    private final ZoneId zone;

    City(String zone) {
      this.zone = ZoneId.of(zone);
    }
  }

  /** What the weather is like. */
  public record Weather(String sky, int celsius) {}

  /** The tools: results become JSON, and what a method throws is told to the model. */
  public static final class Cities {

    @ToolMethod(name = "get_weather", description = "The weather in a city")
    Weather weather(@ToolParam(name = "city") City city) {
      return city == City.PARIS ? new Weather("sunny", 21) : new Weather("rain", 14);
    }

    @ToolMethod(name = "get_time", description = "The time of day in a city")
    LocalTime time(@ToolParam(name = "city") City city) {
      return LocalTime.now(city.zone).truncatedTo(ChronoUnit.MINUTES);
    }
  }

  /** Takes the path of a model; without it, uses the default model. */
  public static void main(String... args) {
    String question = "What is the weather in Paris?";
    try (Model model = Model.load(ModelFile.of(args));
        Context context = new Context(model, ContextParams.defaults())) {
      Conversation conversation =
          Conversation.builder(context)
              .toolBox(Tools.of(new Cities()))
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
        answer.forEachRemaining(ToolCalling::print);
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
}
