package dev.llamastream.cli.chat;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds what a mistyped name may have meant. */
final class NearestName {

  private NearestName() {}

  /** The name that one mistake or two, or more letters at its end, lead to. Empty if none does. */
  static Optional<String> of(String typed, List<String> names) {
    String lower = typed.toLowerCase(Locale.ROOT);
    Optional<String> begun = names.stream().filter(name -> name.startsWith(lower)).findFirst();
    int most = Math.min(2, typed.length() / 2);
    return begun.or(
        () ->
            names.stream()
                .filter(name -> distance(lower, name) <= most)
                .min(Comparator.comparingInt(name -> distance(lower, name))));
  }

  /** How many letters to insert, remove or replace (Levenshtein). */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
