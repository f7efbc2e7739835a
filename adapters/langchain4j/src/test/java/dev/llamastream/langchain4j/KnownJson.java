package dev.llamastream.langchain4j;

import dev.llamastream.chat.ChatRequest;
import java.util.List;

/** What a good model would say to LangChain4j's tests of AI services that return objects. */
final class KnownJson {

  /**
   * An answer.
   *
   * @param said a part of the message
   * @param schema a part of the schema
   */
  private record Answer(String said, String schema, String json) {}

  private static final String KLAUS =
      "{\"name\":\"Klaus\",\"age\":37,\"height\":1.78,\"married\":false}";
  private static final String FRANNY =
      "{\"name\":\"Franny\",\"age\":35,\"height\":1.65,\"married\":true}";
  private static final String DOG = "{\"type\":\"Dog\",\"name\":\"Rex\",\"breed\":\"Labrador\"}";
  private static final String DAY = "{\"year\":1976,\"month\":8,\"day\":12}";
  private static final String TIME = "{\"hour\":14,\"minute\":43,\"second\":0,\"nano\":0}";

  private static final List<Answer> ANSWERS =
      List.of(
          new Answer(
              "New York",
              "shippingAddress",
              "{\"name\":\"Klaus\",\"shippingAddress\":{\"city\":\"Langley Falls\"},"
                  + "\"billingAddress\":{\"city\":\"New York\"}}"),
          new Answer(
              "Klaus is single",
              "maritalStatus",
              "{\"name\":\"Klaus\",\"maritalStatus\":\"SINGLE\"}"),
          new Answer(
              "orange and green",
              "favouriteColors",
              "{\"name\":\"Klaus\",\"favouriteColors\":[\"orange\",\"green\"]}"),
          new Answer(
              "Peanut and Muffin",
              "pets",
              "{\"name\":\"Klaus\",\"pets\":[{\"name\":\"Peanut\"},{\"name\":\"Muffin\"}]}"),
          new Answer("groups A and C", "groups", "{\"name\":\"Klaus\",\"groups\":[\"A\",\"C\"]}"),
          new Answer(
              "born at 14:43",
              "birthDate",
              "{\"name\":\"Klaus\",\"birthDate\":"
                  + DAY
                  + ",\"birthTime\":"
                  + TIME
                  + ",\"birthDateTime\":{\"date\":"
                  + DAY
                  + ",\"time\":"
                  + TIME
                  + "}}"),
          new Answer(
              "Francine has 2 children",
              "children",
              "{\"name\":\"Francine\",\"children\":[{\"name\":\"Steve\",\"children\":[]},"
                  + "{\"name\":\"Hayley\",\"children\":[]}]}"),
          new Answer(
              "567b229a-6b0a-4f1e-9006-448cd9dfbfda",
              "UUID",
              "{\"id\":\"567b229a-6b0a-4f1e-9006-448cd9dfbfda\",\"name\":\"Klaus\"}"),
          new Answer(
              "Klaus and Francine",
              "values",
              "{\"values\":[{\"name\":\"Klaus\"},{\"name\":\"Francine\"}]}"),
          new Answer("coldest month", "number", "{\"value\":-0.5}"),
          new Answer("is a man", "boolean", "{\"value\":true}"),
          new Answer("number of people", "integer", "{\"value\":2}"),
          new Answer("names of people", "values", "{\"values\":[\"Klaus\",\"Franny\"]}"),
          new Answer("Staniel", "MARRIED", "{\"values\":[\"SINGLE\",\"MARRIED\",\"MARRIED\"]}"),
          new Answer(
              "sunny and windy",
              "CLOUDY",
              "{\"values\":[\"SUNNY\",\"WINDY\",\"RAINY\",\"CLOUDY\"]}"),
          new Answer("Franny", "married", "{\"values\":[" + KLAUS + "," + FRANNY + "]}"),
          new Answer("single", "MARRIED", "{\"value\":\"SINGLE\"}"),
          new Answer("single", "married", KLAUS),
          new Answer(
              "Whiskers",
              "values",
              "{\"values\":["
                  + DOG
                  + ",{\"type\":\"Cat\",\"name\":\"Whiskers\",\"indoor\":true}]}"),
          new Answer("Alice", "pet", "{\"name\":\"Alice\",\"pet\":" + DOG + "}"),
          new Answer("Rex", "value", "{\"value\":" + DOG + "}"),
          new Answer(
              "1+2+3",
              "Addition",
              "{\"value\":{\"type\":\"Addition\",\"left\":{\"type\":\"Addition\","
                  + "\"left\":{\"type\":\"Constant\",\"value\":1},"
                  + "\"right\":{\"type\":\"Constant\",\"value\":2}},"
                  + "\"right\":{\"type\":\"Constant\",\"value\":3}}}"),
          new Answer("Klaus", "name", "{\"name\":\"Klaus\"}"));

  private KnownJson() {}

  /** The answer. */
  static String to(ChatRequest request) {
    String last = ScriptedAnswers.last(request);
    return ANSWERS.stream()
        .filter(
            answer ->
                last.contains(answer.said) && request.responseSchema().contains(answer.schema))
        .findFirst()
        .orElseThrow(() -> new AssertionError(last + ": " + request.responseSchema()))
        .json();
  }
}
