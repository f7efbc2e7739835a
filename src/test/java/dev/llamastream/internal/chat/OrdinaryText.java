package dev.llamastream.internal.chat;

import java.util.List;
import java.util.Random;

/** Texts as people write them, without control tokens, and with what looks a little like them. */
final class OrdinaryText {

  private static final List<String> PIECES =
      List.of(
          "hello",
          "Hello, world!",
          "the capital of France",
          "日本語",
          "😀",
          "élan",
          "\u00A0",
          "ß",
          "if (a < b || c > d) {\n  return x[i];\n}",
          "<b>bold</b>",
          "a <| b |> c",
          "|",
          "<",
          ">",
          "</",
          "[",
          "]",
          "_",
          "<|",
          "|>",
          "x_y_z",
          "{\"a\": [1, 2]}",
          "\\n",
          "\n\n",
          "  ",
          "\t",
          "1 < 2",
          "&lt;",
          "#include <vector>",
          "std::map<int, int>",
          "@",
          "$",
          "\\",
          "'",
          "\"");

  private final List<String> controls;
  private final Random random;

  OrdinaryText(List<String> controls, Random random) {
    this.controls = controls;
    this.random = random;
  }

  String next() {
    while (true) {
      StringBuilder text = new StringBuilder();
      for (int i = 1 + random.nextInt(6); i > 0; i--) {
        text.append(PIECES.get(random.nextInt(PIECES.size())));
        text.append(random.nextInt(3) == 0 ? "" : " ");
      }
      String ordinary = text.toString();
      if (!ordinary.isBlank() && controls.stream().noneMatch(ordinary::contains)) {
        return ordinary;
      }
    }
  }
}
