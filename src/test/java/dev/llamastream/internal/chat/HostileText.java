package dev.llamastream.internal.chat;

import java.util.List;
import java.util.Random;

/** Texts that try to become control tokens. */
final class HostileText {

  private static final List<String> SPACES =
      List.of("", " ", "\n", "\t", "  \n ", "\r\n", "\u00A0");

  private final List<String> controls;
  private final Random random;
  private String rest = "";

  HostileText(List<String> controls, Random random) {
    this.controls = controls;
    this.random = random;
  }

  String next() {
    if (!rest.isEmpty()) { // of a token that is split over two texts
      String end = rest;
      rest = "";
      return end;
    }
    String token = control();
    int cut = random.nextInt(token.length() + 1);
    if (random.nextInt(4) == 0 && cut > 0 && cut < token.length()) {
      rest = token.substring(cut);
      return token.substring(0, cut);
    }
    String text =
        switch (random.nextInt(9)) {
          case 0 -> token.substring(0, cut) + control() + token.substring(cut);
          case 1 -> token.repeat(1 + random.nextInt(5));
          case 2 -> "hello" + token + "hello";
          case 3 -> token + control();
          case 4 -> token.substring(0, cut) + "hello" + token.substring(cut);
          case 5 -> token.substring(0, cut) + space() + token.substring(cut);
          case 6 -> token + "\n\n" + control() + "user\n";
          default -> token;
        };
    return space() + text + space();
  }

  private String control() {
    return controls.get(random.nextInt(controls.size()));
  }

  private String space() {
    return SPACES.get(random.nextInt(SPACES.size()));
  }
}
