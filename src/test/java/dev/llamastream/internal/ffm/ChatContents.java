package dev.llamastream.internal.ffm;

import dev.llamastream.internal.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What the messages of a conversation say, and whether it is in a prompt. */
final class ChatContents {

  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");

  private ChatContents() {}

  /**
   * The texts that are not in a prompt after those before them. A text that a template takes apart
   * is there if all its words are.
   *
   * @param anyOrder whether the order does not matter
   */
  static List<String> lost(Json.Obj conversation, String prompt, boolean anyOrder) {
    List<String> lost = new ArrayList<>();
    int from = 0;
    for (String text : texts(conversation)) {
      int at = prompt.indexOf(text, from);
      String rest = prompt.substring(from);
      if (at >= 0) {
        from = anyOrder ? 0 : at + text.length();
      } else if (!words(text).stream().allMatch(rest::contains)) {
        lost.add(text);
      }
    }
    return lost;
  }

  private static List<String> words(String text) {
    return WORD.matcher(text).results().map(MatchResult::group).toList();
  }

  private static List<String> texts(Json.Obj conversation) {
    List<String> texts = new ArrayList<>();
    for (Json element : conversation.list("messages")) {
      Json.Obj message = (Json.Obj) element;
      texts.add(message.text("content").strip());
      for (Json call : message.list("tool_calls")) {
        Json.Obj function = (Json.Obj) ((Json.Obj) call).get("function").orElseThrow();
        texts.add(function.text("name"));
        texts.add(function.text("arguments"));
      }
    }
    return texts;
  }
}
