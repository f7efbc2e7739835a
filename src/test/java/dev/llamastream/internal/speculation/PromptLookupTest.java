package dev.llamastream.internal.speculation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What followed the same tokens before. */
class PromptLookupTest {

  private static int[] draft(Tokens text, int most) {
    return draft(new PromptLookup(), text, most);
  }

  private static int[] draft(PromptLookup lookup, Tokens text, int most) {
    return lookup.look(text) < 0 ? new int[0] : lookup.draft(text, most);
  }

  private static Tokens text(int... tokens) {
    return new Tokens(tokens);
  }

  @Test
  void findsNothingInATextWithoutRepetition() {
    assertThat(draft(text(), 4)).isEmpty();
    assertThat(draft(text(1), 4)).isEmpty();
    assertThat(draft(text(1, 2, 3, 4), 4)).isEmpty();
    assertThat(draft(text(5, 2, 3, 4, 2), 4)).isEmpty();
  }

  @Test
  void continuesAfterTheSamePair() {
    assertThat(draft(text(1, 2, 3, 4, 5, 9, 1, 2), 3)).containsExactly(3, 4, 5);
    assertThat(draft(text(1, 1, 1), 3)).containsExactly(1, 1, 1);
  }

  @Test
  void takesThePlaceWithTheMostInCommonAndTheLatestOfEquals() {
    assertThat(draft(text(7, 1, 2, 3, 8, 1, 2, 4, 7, 1, 2), 1)).containsExactly(3);
    assertThat(draft(text(7, 1, 2, 3, 8, 1, 2, 4, 9, 1, 2), 1)).containsExactly(4);
  }

  @Test
  void aTextThatRepeatsItselfGoesOnDoingSo() {
    assertThat(draft(text(1, 2, 3, 1, 2), 7)).containsExactly(3, 1, 2, 3, 1, 2, 3);
  }

  @Test
  void isSurerWhereMoreIsInCommon() {
    int[] twice = IntStream.range(0, 40).map(i -> i % 20).toArray();
    int strength = -1;
    for (int common = 2; common <= 17; common++) {
      Tokens text = new Tokens(IntStream.range(0, 20 + common).map(i -> twice[i]).toArray());
      int now = new PromptLookup().look(text);
      assertThat(now).isGreaterThanOrEqualTo(Math.max(0, strength));
      strength = now;
    }
    assertThat(strength).isEqualTo(new PromptLookup().strengths() - 1);
  }

  /** Against a search through the whole text, while the text grows beyond all tables. */
  @Test
  void findsWhatASearchFinds() {
    Random random = new Random(1);
    PromptLookup lookup = new PromptLookup();
    Tokens text = text();
    int found = 0;
    for (int i = 0; i < 3_000; i++) {
      text.add(random.nextInt(40));
      int[] draft = draft(lookup, text, 1);
      int longest = longest(text);
      if (longest < 2) {
        assertThat(draft).isEmpty();
      } else if (longest > 2 || draft.length > 0) {
        // of more places than it compares, a pair's may be missed
        found++;
        assertThat(follows(text, draft[0])).isTrue();
      }
    }
    assertThat(found).isGreaterThan(500);
  }

  private static int longest(Tokens text) {
    int longest = 0;
    for (int place = 0; place < text.size() - 1; place++) {
      longest = Math.max(longest, common(text, place));
    }
    return longest;
  }

  private static int common(Tokens text, int place) {
    int common = 0;
    while (common <= place && text.at(place - common) == text.at(text.size() - 1 - common)) {
      common++;
    }
    return common;
  }

  private static boolean follows(Tokens text, int token) {
    return IntStream.range(1, text.size() - 1)
        .anyMatch(place -> common(text, place) >= 2 && text.at(place + 1) == token);
  }
}
