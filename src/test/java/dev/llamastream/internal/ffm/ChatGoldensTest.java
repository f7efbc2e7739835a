package dev.llamastream.internal.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.internal.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Prompts of all templates of llama.cpp, beside those that Python's jinja2 makes. */
class ChatGoldensTest {

  static List<String> templates() {
    return TemplateFiles.names();
  }

  @ParameterizedTest
  @MethodSource("templates")
  void rendersLikeJinja(String name) {
    List<String> differences = new ArrayList<>();
    Json.Obj goldens = (Json.Obj) TemplateFiles.data("goldens/" + name + ".json");
    for (Json conversation : ((Json.Arr) TemplateFiles.data("conversations.json")).elements()) {
      String of = ((Json.Obj) conversation).text("name");
      Json.Obj golden = (Json.Obj) goldens.members().get(of);
      if (golden.members().containsKey("text")) {
        String text = prompt(name, (Json.Obj) conversation);
        if (!text.equals(golden.text("text"))) {
          differences.add(of + "\n--- expected\n" + golden.text("text") + "\n--- was\n" + text);
        }
      }
    }
    assertThat(differences).isEmpty();
  }

  private static String prompt(String name, Json.Obj conversation) {
    Map<String, Json> members = new LinkedHashMap<>(conversation.members());
    if (members.get("kwargs") instanceof Json.Obj kwargs) {
      members.put("template_arguments", kwargs);
      if (kwargs.members().get("enable_thinking") instanceof Json.Bool thinking) {
        members.put("thinking", thinking);
      }
    }
    try {
      ChatFormat format = TemplateFiles.apply(TemplateFiles.text(name), new Json.Obj(members));
      try {
        return format.prompt();
      } finally {
        format.free();
      }
    } catch (RuntimeException e) {
      return "FAILED " + e.getMessage();
    }
  }
}
