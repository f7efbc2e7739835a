package dev.llamastream.store.internal;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds what a mistyped name may have meant. */
public final class NearestNames {

  /** Longer names are no typing errors, and comparing them would take long. */
  private static final int LONGEST = 200;

  private NearestNames() {}

  /** The names with those most like the typed one first. Case makes no difference. */
  public static List<String> sorted(String typed, List<String> names) {
    String lower = cut(typed);
    return names.stream()
        .sorted(
            Comparator.<String>comparingInt(name -> mistakes(lower, cut(name)))
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  /**
   * The names that one mistake or two, or more letters at the end, lead to; the nearest first, at
   * most {@code most}.
   */
  public static List<String> of(String typed, List<String> names, int most) {
    String lower = cut(typed);
    int limit = Math.min(2, lower.length() / 2);
    return sorted(typed, names).stream()
        .filter(name -> mistakes(lower, cut(name)) <= limit || cut(name).startsWith(lower))
        .limit(most)
        .toList();
  }

  private static String cut(String name) {
    return name.substring(0, Math.min(LONGEST, name.length())).toLowerCase(Locale.ROOT);
  }

  /** How many letters to insert, remove or replace (Levenshtein). */
  private static int mistakes(String a, String b) {
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
