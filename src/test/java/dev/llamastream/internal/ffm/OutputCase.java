package dev.llamastream.internal.ffm;

import dev.llamastream.internal.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A case of outputs/*.json; see the README.md there. */
record OutputCase(Json.Obj request, String input, ReadMessage expected) {

  private static final Json HEY = Json.parse("[{\"role\": \"user\", \"content\": \"Hey there!\"}]");

  /** The cases of a template; none if there is no file. */
  static List<OutputCase> of(String template) {
    if (!(TemplateFiles.data("outputs/" + template + ".json") instanceof Json.Arr(var cases))) {
      return List.of();
    }
    return cases.stream()
        .map(
            data -> new OutputCase(request(data), input(data), expected(withThinking(data, cases))))
        .toList();
  }

  private static String input(Json data) {
    return ((Json.Obj) data).text("input");
  }

  private static Json.Obj request(Json data) {
    Map<String, Json> request = new LinkedHashMap<>();
    request.put("messages", HEY);
    request.putAll(((Json.Obj) data).members());
    request.put("continue_final_message", Json.of(!begin((Json.Obj) data).members().isEmpty()));
    ((Json.Obj) data).get("enable_thinking").ifPresent(value -> request.put("thinking", value));
    return new Json.Obj(request);
  }

  /** The message to continue; empty if there is none. */
  private static Json.Obj begin(Json.Obj data) {
    return data.members().containsKey("continue_final_message")
        ? (Json.Obj) data.list("messages").getLast()
        : Json.object().build();
  }

  /**
   * The same case with thoughts that are no content, as this library always reads them. Where
   * llama.cpp leaves them in the content, it has such a case.
   */
  private static Json.Obj withThinking(Json data, List<Json> cases) {
    return cases.stream()
        .filter(other -> question(other).equals(question(data)))
        .map(other -> (Json.Obj) other)
        .filter(other -> !other.text("reasoning_format").isEmpty())
        .findFirst()
        .orElse((Json.Obj) data);
  }

  private static Map<String, Json> question(Json data) {
    Map<String, Json> question = new LinkedHashMap<>(((Json.Obj) data).members());
    List.of("reasoning_format", "expected", "parsed").forEach(question::remove);
    return question;
  }

  private static ReadMessage expected(Json.Obj data) {
    Json.Obj message = (Json.Obj) data.get("parsed").or(() -> data.get("expected")).orElseThrow();
    Json.Obj begin = begin(data);
    String content = message.text("content");
    String thinking = message.text("reasoning_content");
    if (data.text("continue_final_message").equals("content") && begin.text("content").isEmpty()) {
      // This library goes on with the thoughts where there is nothing else, and this input does not
      // end them.
      return new ReadMessage("", content, List.of());
    }
    List<ReadMessage.Call> calls =
        message.list("tool_calls").stream()
            .map(call -> (Json.Obj) call)
            .map(c -> ReadMessage.Call.of(c.text("id"), c.text("name"), c.text("arguments")))
            .toList();
    return new ReadMessage(
        without(begin.text("content"), content),
        without(begin.text("reasoning_content"), thinking),
        calls);
  }

  /** What is new. A line's end that a template puts after old thoughts is not. */
  private static String without(String begin, String whole) {
    String rest = whole.startsWith(begin) ? whole.substring(begin.length()) : whole;
    return begin.isEmpty() || !rest.isBlank() ? rest : "";
  }
}
