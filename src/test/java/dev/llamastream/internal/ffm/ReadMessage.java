package dev.llamastream.internal.ffm;

import dev.llamastream.internal.json.Json;
import java.util.ArrayList;
import java.util.List;

/** The sum of what a parser of answers reports. */
record ReadMessage(String text, String thinking, List<Call> calls) {

  /** A call; arguments that are JSON are equal if they are the same JSON. */
  record Call(String id, String name, Json arguments) {
    static Call of(String id, String name, String arguments) {
      return new Call(id, name, json(arguments));
    }

    private static Json json(String text) {
      try {
        return Json.parse(text);
      } catch (IllegalArgumentException e) {
        return Json.of("not JSON: " + text);
      }
    }
  }

  /** The message in an answer in pieces. */
  static ReadMessage read(ChatFormat format, List<String> pieces) {
    Sum sum = new Sum();
    for (int i = 0; i < pieces.size(); i++) {
      String piece = pieces.get(i);
      ChatFormat.Parsed parsed = format.parse(piece, i + 1 == pieces.size());
      switch (parsed.news()) {
        case NOTHING -> {}
        case TEXT -> sum.text.append(piece);
        case THINKING -> sum.thinking.append(piece);
        case SEVERAL -> parsed.list().forEach(news -> sum.add((Json.Obj) news));
      }
    }
    return sum.message();
  }

  /** What was reported. */
  private static final class Sum {
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder thinking = new StringBuilder();
    private final List<StringBuilder> arguments = new ArrayList<>();
    private final List<String> ids = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    void add(Json.Obj news) {
      text.append(news.text("text"));
      thinking.append(news.text("thinking"));
      if (news.members().get("call") instanceof Json.Num index) {
        if (index.intValue() == arguments.size()) {
          arguments.add(new StringBuilder());
          ids.add("");
          names.add("");
        }
        int last = arguments.size() - 1;
        if (index.intValue() != last) {
          throw new IllegalStateException("call " + index + " after call " + last);
        }
        arguments.get(last).append(news.text("arguments"));
        if (!news.text("name").isEmpty()) {
          set(ids, last, news.text("id"));
          set(names, last, news.text("name"));
        }
      }
    }

    /** An id may come after the name, or never; both stay what they are. */
    private static void set(List<String> texts, int index, String text) {
      String before = texts.set(index, text);
      if (!before.isEmpty() && !before.equals(text)) {
        throw new IllegalStateException(before + " became " + text);
      }
    }

    ReadMessage message() {
      List<Call> calls = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        calls.add(Call.of(ids.get(i), names.get(i), arguments.get(i).toString()));
      }
      return new ReadMessage(text.toString(), thinking.toString(), calls);
    }
  }
}
