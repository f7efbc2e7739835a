package dev.llamastream.internal.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.ChatTemplateException;
import dev.llamastream.internal.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Prompts of all templates of llama.cpp, beside those that Python's jinja2 makes. Where they
 * differ, and why, is in differences.json: with "order", the messages may be in any order; with
 * "lost", the template drops these texts.
 */
class ChatGoldensTest {

  static List<String> templates() {
    return TemplateFiles.names();
  }

  @ParameterizedTest
  @MethodSource("templates")
  void rendersLikeJinja(String name) {
    Json.Obj goldens = (Json.Obj) TemplateFiles.data("goldens/" + name + ".json");
    List<String> failures =
        TemplateFiles.use(
            TemplateFiles.text(name),
            apply -> {
              List<String> found = new ArrayList<>();
              for (Json.Obj conversation : conversations()) {
                String of = conversation.text("name");
                Json.Obj golden = (Json.Obj) goldens.get(of).orElseThrow();
                String failure =
                    failure(golden, conversation, prompt(apply, conversation), allowed(name, of));
                if (!failure.isEmpty()) {
                  found.add("%n%s, %s: %s".formatted(name, of, failure));
                }
              }
              return found;
            });
    assertThat(failures).isEmpty();
  }

  @Test
  void differencesAreOfTemplatesAndConversations() {
    List<String> conversations = conversations().stream().map(of -> of.text("name")).toList();
    for (Json.Obj group : groups()) {
      Json.Obj of = (Json.Obj) group.get("templates").orElseThrow();
      assertThat(templates()).containsAll(of.members().keySet());
      of.members().keySet().forEach(name -> assertThat(conversations).containsAll(texts(of, name)));
    }
  }

  private static List<Json.Obj> conversations() {
    return ((Json.Arr) TemplateFiles.data("conversations.json"))
        .elements().stream().map(conversation -> (Json.Obj) conversation).toList();
  }

  private static List<Json.Obj> groups() {
    return ((Json.Arr) TemplateFiles.data("differences.json"))
        .elements().stream().map(group -> (Json.Obj) group).toList();
  }

  private static List<String> texts(Json.Obj of, String name) {
    return of.list(name).stream().map(text -> ((Json.Str) text).text()).toList();
  }

  /** What a prompt may differ in; empty for nothing. */
  private static Json.Obj allowed(String name, String conversation) {
    List<Json.Obj> of =
        groups().stream()
            .filter(
                group ->
                    texts((Json.Obj) group.get("templates").orElseThrow(), name)
                        .contains(conversation))
            .toList();
    assertThat(of).hasSizeLessThan(2);
    return of.isEmpty() ? Json.object().build() : of.getFirst();
  }

  private static Json.Obj prompt(Function<Json, ChatFormat> apply, Json.Obj conversation) {
    Map<String, Json> request = new LinkedHashMap<>(conversation.members());
    if (conversation.members().get("kwargs") instanceof Json.Obj kwargs) {
      request.put("template_arguments", kwargs);
      kwargs.get("enable_thinking").ifPresent(thinking -> request.put("thinking", thinking));
    }
    try {
      ChatFormat format = apply.apply(new Json.Obj(request));
      format.free();
      return Json.object().put("text", format.prompt()).build();
    } catch (ChatTemplateException e) {
      return Json.object().put("error", String.valueOf(e.getMessage())).build();
    }
  }

  private static String failure(
      Json.Obj golden, Json.Obj conversation, Json.Obj was, Json.Obj allowed) {
    boolean text = golden.members().containsKey("text");
    boolean same =
        text == was.members().containsKey("text") && golden.text("text").equals(was.text("text"));
    boolean listed = !allowed.members().isEmpty();
    if (same && listed) {
      return "no longer different from jinja2: take it out of differences.json";
    }
    if (!same && !listed) {
      return "%n--- expected%n%s%n--- was%n%s".formatted(golden, was);
    }
    if (same) {
      return "";
    }
    List<String> lost =
        new ArrayList<>(
            ChatContents.lost(conversation, was.text("text"), allowed.get("order").isPresent()));
    lost.removeAll(
        text
            ? ChatContents.lost(conversation, golden.text("text"), false)
            : texts(allowed, "lost"));
    return lost.isEmpty() ? "" : "not there, or not in order: " + lost;
  }
}
