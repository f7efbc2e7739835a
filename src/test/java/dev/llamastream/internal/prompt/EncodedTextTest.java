package dev.llamastream.internal.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.Token;
import java.util.List;
import org.junit.jupiter.api.Test;

class EncodedTextTest {

  private static final CacheKey KEY = new CacheKey("model");

  /** Something other than tokens, whose cells share positions. */
  private record Image(String content, int length, int positions) implements Segment {}

  private static EncodedText text(Segment... segments) {
    return new EncodedPrompt(KEY, List.of(segments)).text().copy();
  }

  private static Segment tokens(int... ids) {
    return new TokenIds(ids);
  }

  @Test
  void tokensHaveACellAndAPositionEach() {
    EncodedText text = text(tokens(7, 8), tokens(9));
    assertThat(text.length()).isEqualTo(3);
    assertThat(text.tokens()).containsExactly(7, 8, 9);
    assertThat(text.position(2)).isEqualTo(2);
    assertThat(text.position(5)).isEqualTo(5);
    assertThat(text.cellsBefore(2)).isEqualTo(2);
    assertThat(text.cellsBefore(9)).as("no more than there are").isEqualTo(3);
  }

  @Test
  void cellsOfABlockMaySharePositions() {
    EncodedText text = text(tokens(7, 8), new Image("cat", 4, 2), tokens(9));
    assertThat(text.length()).isEqualTo(7);
    assertThat(text.token(3)).isEqualTo(Token.NONE);
    assertThat(text.tokens()).containsExactly(7, 8, 9);
    int[] positions = new int[9];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = text.position(i);
    }
    assertThat(positions).containsExactly(0, 1, 2, 3, 3, 3, 4, 5, 6);
  }

  @Test
  void aBlockCountsIfSomethingBehindItDoes() {
    EncodedText text = text(tokens(7, 8), new Image("cat", 4, 2), tokens(9, 10));
    assertThat(text.cellsBefore(2)).isEqualTo(2);
    assertThat(text.cellsBefore(3)).isEqualTo(2);
    assertThat(text.cellsBefore(4)).isEqualTo(2);
    assertThat(text.cellsBefore(5)).isEqualTo(7);
    assertThat(text.cellsBefore(6)).isEqualTo(8);
  }

  @Test
  void blocksAreSharedAsAWholeOrNotAtAll() {
    EncodedText cat = text(tokens(7, 8), new Image("cat", 4, 2), tokens(9));
    EncodedText sameCat = text(tokens(7, 8), new Image("cat", 4, 2), tokens(1));
    EncodedText dog = text(tokens(7, 8), new Image("dog", 4, 2), tokens(9));
    EncodedText plain = text(tokens(7, 8));
    assertThat(cat.common(sameCat, 7)).isEqualTo(6);
    assertThat(cat.common(sameCat, 5)).as("not a part of it").isEqualTo(2);
    assertThat(cat.common(dog, 7)).isEqualTo(2);
    assertThat(cat.common(plain, 7)).isEqualTo(2);
    assertThat(plain.common(cat, 7)).isEqualTo(2);
  }

  @Test
  void anotherKeySharesNothing() {
    EncodedText other = EncodedPrompt.ofTokens(new CacheKey("other"), 7, 8).text();
    assertThat(text(tokens(7, 8)).common(other, 2)).isZero();
  }

  @Test
  void copiesGrowByThemselves() {
    EncodedPrompt prompt = EncodedPrompt.ofTokens(KEY, 1, 2, 3);
    EncodedText first = prompt.text().copy();
    EncodedText second = first.first(2);
    first.append(4);
    second.append(5);
    first.append(6);
    assertThat(prompt.tokens()).containsExactly(1, 2, 3);
    assertThat(first.tokens()).containsExactly(1, 2, 3, 4, 6);
    assertThat(second.tokens()).containsExactly(1, 2, 5);
  }

  @Test
  void partsOfOthersAreAppended() {
    EncodedText all = text(tokens(7, 8), new Image("cat", 4, 2), tokens(9));
    EncodedText text = new EncodedText(KEY);
    text.append(all, 0, 6);
    assertThat(text.common(all, 6)).isEqualTo(6);
    text.append(all, 6, 7);
    assertThat(text.position(7)).isEqualTo(5);
    assertThat(text.isPlain()).isFalse();
    text.truncate(4);
    assertThat(text.isPlain()).as("a part of a block is none").isTrue();
  }

  @Test
  void tokensAreTakenOut() {
    EncodedPrompt prompt = EncodedPrompt.ofTokens(KEY, 1, 2, 3, 4, 5);
    EncodedText text = prompt.text().copy();
    text.remove(1, 3);
    assertThat(text.tokens()).containsExactly(1, 4, 5);
    assertThat(prompt.tokens()).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void theFirstCellsOfAPrompt() {
    EncodedPrompt prompt = EncodedPrompt.ofTokens(KEY, 1, 2, 3);
    assertThat(prompt.first(1).tokens()).containsExactly(1);
    assertThat(prompt.first(3)).isSameAs(prompt);
  }
}
