package dev.llamastream.internal.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StopSequenceFilterTest {
  private static final int CASES = 20_000;

  @Test
  void withoutStopSequencesAllIsDeliverable() {
    assertThat(deliver(List.of(), "ab", "", "c")).containsExactly("ab", "", "c", "");
  }

  @Test
  void realPrefixIsHeldBackAndNothingElse() {
    assertThat(deliver(List.of("END"), "an E", "N", "o", "EE", "N"))
        .containsExactly("an ", "", "ENo", "E", "", "EN");
  }

  @Test
  void aTokenWithoutTextEndsASequence() {
    StopSequenceFilter held =
        new StopSequenceFilter(List.of("\n<end>", "<stop>", "\n\n<end>", "<end>x"));
    held.text().append("a\n\n");
    assertThat(held.search()).isFalse();
    assertThat(held.takeDeliverable()).isEqualTo("a");
    assertThat(held.search("<other>")).isFalse();
    assertThat(held.found()).isEmpty();
    assertThat(held.search("<end>")).isTrue();
    assertThat(held.found()).isEqualTo("\n\n<end>");
    assertThat(held.takeAll()).isEmpty();

    held.text().append("b");
    assertThat(held.search("<end>")).isFalse();
    assertThat(held.search("<stop>")).isTrue();
    assertThat(held.takeAll()).isEqualTo("b");
  }

  @Test
  void saysWhichSequenceItFound() {
    StopSequenceFilter held = new StopSequenceFilter(List.of("c", "bc", "abcd", "b\n"));
    held.text().append("abc");
    assertThat(held.found()).isEmpty();
    assertThat(held.search()).isTrue();
    assertThat(held.found()).isEqualTo("bc");
  }

  @Test
  void stopSequenceAndWhatFollowsAreRemoved() {
    assertThat(deliver(List.of("END"), "textE", "ND more")).containsExactly("text", "");
    assertThat(deliver(List.of("END"), "textEND")).containsExactly("text");
    assertThat(deliver(List.of("END"), "END")).containsExactly("");
  }

  @Test
  void whatTurnsOutToBeNoStopSequenceIsFlushedUpToTheNextPrefix() {
    assertThat(deliver(List.of("aab"), "a", "a", "a", "a", "c"))
        .containsExactly("", "", "a", "a", "aac", "");
  }

  @Test
  void theOneThatIsCompletedFirstWins() {
    assertThat(deliver(List.of("abcd", "bc"), "xabcd")).containsExactly("xa");
    assertThat(deliver(List.of("bc", "abcd"), "xa", "b", "c")).containsExactly("x", "", "a");
  }

  @Test
  void shorterOfTwoWithTheSameBeginningWins() {
    assertThat(deliver(List.of("stop it", "stop"), "please stop it")).containsExactly("please ");
  }

  @Test
  void longerOfTwoWithTheSameEndWins() {
    assertThat(deliver(List.of("c", "abc"), "xab", "c")).containsExactly("x", "");
    assertThat(deliver(List.of("abc", "c"), "xab", "c")).containsExactly("x", "");
  }

  @Test
  void prefixOfOneInsideAnother() {
    assertThat(deliver(List.of("ab", "babc"), "b", "a", "c")).containsExactly("", "", "bac", "");
    assertThat(deliver(List.of("ab", "babc"), "b", "ab")).containsExactly("", "b");
  }

  @Test
  void surrogatePairsAreMatchedWhole() {
    // 👋 and 👌 begin with the same surrogate, which never comes alone
    assertThat(deliver(List.of("👋"), "a👌", "b👋c")).containsExactly("a👌", "b");
  }

  @Test
  void heldTextIsDeliveredAtTheEnd() {
    assertThat(deliver(List.of("###"), "text #", "#")).containsExactly("text ", "", "##");
  }

  @Test
  void anyTextInAnyChunksEndsBeforeTheFirstStopSequence() {
    int stopped = 0;
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      List<String> stops = Stream.generate(() -> word(random, 4)).limit(random.nextInt(4)).toList();
      String text = Stream.generate(() -> word(random, 3)).limit(10).reduce("", String::concat);
      StopSequenceFilter held = new StopSequenceFilter(stops);
      StringBuilder delivered = new StringBuilder();
      boolean found = false;
      int to = 0;
      while (to < text.length() && !found) {
        int from = to;
        to = Math.min(text.length(), from + random.nextInt(4));
        held.text().append(text, from, to);
        found = held.search();
        if (!found) {
          delivered.append(held.takeDeliverable());
          assertThat(delivered)
              .as("seed %d: %s until %s", seed, stops, text.substring(0, to))
              .hasToString(certain(text.substring(0, to), stops));
        }
      }
      delivered.append(held.takeAll());
      String expected = beforeFirstStop(text, stops);
      assertThat(delivered).as("seed %d: %s in %s", seed, stops, text).hasToString(expected);
      assertThat(found).as("seed %d", seed).isEqualTo(!expected.equals(text));
      stopped += found ? 1 : 0;
    }
    assertThat(stopped).isBetween(CASES / 10, CASES - CASES / 10);
  }

  /** Text before the stop sequence whose end comes first. */
  private static String beforeFirstStop(String text, List<String> stops) {
    int end = Integer.MAX_VALUE;
    for (String stop : stops) {
      int at = text.indexOf(stop);
      end = at < 0 ? end : Math.min(end, at + stop.length());
    }
    if (end == Integer.MAX_VALUE) {
      return text;
    }
    int start = end;
    for (String stop : stops) {
      start =
          text.startsWith(stop, end - stop.length()) ? Math.min(start, end - stop.length()) : start;
    }
    return text.substring(0, start);
  }

  /** Text without the longest suffix that a stop sequence begins with. */
  private static String certain(String text, List<String> stops) {
    for (int start = 0; start < text.length(); start++) {
      String suffix = text.substring(start);
      if (stops.stream().anyMatch(stop -> stop.startsWith(suffix))) {
        return text.substring(0, start);
      }
    }
    return text;
  }

  /** Few letters, so that much repeats. */
  private static String word(Random random, int maxLength) {
    return random
        .ints(1 + random.nextInt(maxLength), 'a', 'd')
        .mapToObj(Character::toString)
        .reduce("", String::concat);
  }

  /** What is delivered with each chunk until a stop sequence, or else at the end. */
  private static List<String> deliver(List<String> stops, String... chunks) {
    StopSequenceFilter held = new StopSequenceFilter(stops);
    List<String> delivered = new ArrayList<>();
    for (String chunk : chunks) {
      held.text().append(chunk);
      if (held.search()) {
        delivered.add(held.takeAll());
        return delivered;
      }
      delivered.add(held.takeDeliverable());
    }
    delivered.add(held.takeAll());
    return delivered;
  }
}
