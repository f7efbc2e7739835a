package dev.llamastream.langchain4j;

import static dev.llamastream.langchain4j.ScriptedAnswers.call;

import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import java.util.List;
import java.util.Map;

/** What a good model would say to LangChain4j's tests of AI services with tools. */
final class KnownCalls {

  private static final String UUID = "62dbcc27-aaf3-449a-b12d-5a904271a57f";

  private static final Map<String, String> TO_USERS =
      Map.ofEntries(
          Map.entry("How much is 37 plus 87?", add(37, 87)),
          Map.entry(
              "How much is 37 plus 87? Answer in the following format: 37 + 87 = ...", add(37, 87)),
          Map.entry("How much is 37 plus 87? Use 'add' tool before answering.", add(37, 87)),
          Map.entry(
              "How much is 37 plus 87? How much is 73 plus 78? Call 2 tools in parallel (at the same"
                  + " time)!",
              add(37, 87) + "\n" + add(73, 78)),
          Map.entry("Now add 47 to the previous result", add(124, 47)),
          Map.entry(
              "First add 2 and 3 by calling 'add' tool, then multiply the result by 4 by calling"
                  + " 'multiply' tool",
              add(2, 3)),
          Map.entry(
              "Use 'process' tool to process the following: Klaus is 37 years old, 1.78m height and"
                  + " single",
              process("{\"name\":\"Klaus\",\"age\":37,\"height\":1.78,\"married\":false}")),
          Map.entry(
              "Use 'process' tool to process the following: Klaus lives in Langley Falls",
              process("{\"name\":\"Klaus\",\"address\":{\"city\":\"Langley Falls\"}}")),
          Map.entry(
              "Use 'process' tool to process the following: Francine has 2 children: Steve and"
                  + " Hayley",
              process(
                  "{\"name\":\"Francine\",\"children\":[{\"name\":\"Steve\",\"children\":[]},"
                      + "{\"name\":\"Hayley\",\"children\":[]}]}")),
          Map.entry("What is the time now? Respond in HH:MM:SS format.", call("currentTime", "{}")),
          Map.entry("What is the date today?", call("currentDate", "{}")),
          Map.entry("Take a photo", call("takePhoto", "{}")),
          Map.entry(
              "What is the current temperature in Munich in celsius?",
              call("currentTemperature", "{\"arg0\":\"Munich\",\"arg1\":\"CELSIUS\"}")),
          Map.entry(
              "Process the following: Klaus is 42 years old and Francine is 47 years old",
              process("{\"Klaus\":42,\"Francine\":47}")),
          Map.entry(
              "Process the following names: Klaus and Franny",
              call("processNames", "{\"arg0\":[\"Klaus\",\"Franny\"]}")),
          Map.entry("Process the following colors: RED and GREEN", process("[\"RED\",\"GREEN\"]")),
          Map.entry(
              "Process the following integers: 37, 73",
              call("processNumbers", "{\"arg0\":[37,73]}")),
          Map.entry(
              "Process the following people: Klaus and Franny",
              process("[{\"name\":\"Klaus\"},{\"name\":\"Franny\"}]")),
          Map.entry(
              "What is the username with ID " + UUID + "?",
              call("getUsernameFromId", "{\"arg0\":\"" + UUID + "\"}")),
          Map.entry("Call tool 'modify' for argument '7'", call("modify", "{\"arg0\":7}")),
          Map.entry(
              "What is the weather in Munich? Use 'getWeather' tool",
              call("getWeather", "{\"arg0\":\"Munich\"}")));

  private KnownCalls() {}

  private static String add(int a, int b) {
    return call("add", "{\"arg0\":" + a + ",\"arg1\":" + b + "}");
  }

  private static String process(String argument) {
    return call("process", "{\"arg0\":" + argument + "}");
  }

  /** The answer. */
  static String to(ChatRequest request) {
    List<ChatMessage> messages = request.messages();
    String last = messages.getLast().text();
    if (messages.getLast().role() == ChatMessage.Role.USER) {
      return TO_USERS.getOrDefault(last, "The capital of Germany is Berlin.");
    }
    if (last.equals("5")) {
      return call("multiply", "{\"arg0\":5,\"arg1\":4}");
    }
    if (last.equals("sunny")) {
      return "{\"city\":\"Munich\",\"weather\":\"SUNNY\"}";
    }
    if (last.equals("151")) {
      return "The first is 124, and the second is 151.";
    }
    return "The result is " + last + ".";
  }
}
