package dev.llamastream.internal.generation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8TextTest {
  private static final int CASES = 5_000;

  private final Utf8Text utf8 = new Utf8Text();

  @Test
  void characterComesWithItsLastByte() {
    assertThat(decode("aé世👋".getBytes(UTF_8), 1))
        .containsExactly("a", "", "é", "", "", "世", "", "", "", "👋", "");
  }

  @Test
  void pieceMayEndOneCharacterAndBeginTheNext() {
    byte[] bytes = "世界".getBytes(UTF_8);
    assertThat(decode(bytes, 2)).containsExactly("", "世", "界", "");
  }

  @Test
  void incompleteCharacterIsOneReplacementAtTheEnd() {
    assertThat(decode(Arrays.copyOf("👋".getBytes(UTF_8), 3), 1))
        .containsExactly("", "", "", "\uFFFD");
  }

  @Test
  void nothingAtTheEndOfCompleteText() {
    assertThat(decode("done".getBytes(UTF_8), 4)).containsExactly("done", "");
  }

  @Test
  void emptyPieceKeepsWhatIsIncomplete() {
    StringBuilder text = new StringBuilder();
    byte[] bytes = "é".getBytes(UTF_8);
    utf8.decode(bytes, 1, text);
    utf8.decode(new byte[0], 0, text);
    assertThat(text).isEmpty();
    utf8.decode(new byte[] {bytes[1]}, 1, text);
    assertThat(text).hasToString("é");
  }

  @Test
  void onlyTheGivenLengthIsRead() {
    StringBuilder text = new StringBuilder();
    utf8.decode("abcd".getBytes(UTF_8), 2, text);
    assertThat(text).hasToString("ab");
  }

  @Test
  void piecesMayBeLongerThanAnyBefore() {
    String longText = "世".repeat(1_000) + "👋".repeat(1_000);
    byte[] bytes = longText.getBytes(UTF_8);
    for (int size : new int[] {255, 256, 257, 5_000, bytes.length}) {
      assertThat(String.join("", new Utf8TextTest().decode(bytes, size))).isEqualTo(longText);
    }
  }

  /** Overlong forms, surrogates, beyond the last code point, lone continuations, cut characters. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "80",
        "bf41",
        "c0af",
        "c141",
        "e0809f",
        "eda080",
        "edbfbf41",
        "f08080af",
        "f4908080",
        "f5808080",
        "ff",
        "fe41",
        "c3",
        "c341",
        "e4b8",
        "e4b841",
        "f09f91",
        "f09f9141",
        "f09f41",
        "f041",
        "e4b8e4b896",
        "f09f91f09f918b",
        "c3c3a9",
        "00",
        "efbfbd",
        "efbbbf41"
      })
  void malformedBytesBecomeWhatStringMakesOfThem(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    for (int size = 1; size <= bytes.length; size++) {
      assertThat(String.join("", new Utf8TextTest().decode(bytes, size)))
          .as("in chunks of %d", size)
          .isEqualTo(new String(bytes, UTF_8));
    }
  }

  @Test
  void anyBytesInAnyChunksDecodeAsAWhole() {
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      byte[] bytes = mixedBytes(random);
      List<String> pieces = decodeInChunks(bytes, random);
      assertThat(String.join("", pieces)).as("seed %d", seed).isEqualTo(new String(bytes, UTF_8));
      assertThat(pieces).as("seed %d", seed).noneMatch(Utf8TextTest::hasLoneSurrogate);
    }
  }

  @Test
  void everyCompleteCharacterIsThereAtOnce() {
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      String whole =
          random.ints(20, 0, 0x3000).mapToObj(Character::toString).reduce("👋", String::concat);
      byte[] bytes = whole.getBytes(UTF_8);
      StringBuilder text = new StringBuilder();
      Utf8Text chunked = new Utf8Text();
      for (int from = 0, to; from < bytes.length; from = to) {
        to = Math.min(bytes.length, from + 1 + random.nextInt(6));
        byte[] chunk = Arrays.copyOfRange(bytes, from, to);
        chunked.decode(chunk, chunk.length, text);
        assertThat(text).as("seed %d", seed).hasToString(completeCharacters(whole, to));
      }
    }
  }

  private static String completeCharacters(String whole, int bytes) {
    int end = 0;
    while (end < whole.length()) {
      int next = whole.offsetByCodePoints(end, 1);
      if (whole.substring(0, next).getBytes(UTF_8).length > bytes) {
        break;
      }
      end = next;
    }
    return whole.substring(0, end);
  }

  /** What each chunk of this size appends, and at last what the end appends. */
  private List<String> decode(byte[] bytes, int size) {
    List<String> pieces = new ArrayList<>();
    for (int from = 0; from < bytes.length; from += size) {
      pieces.add(append(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size))));
    }
    pieces.add(end());
    return pieces;
  }

  private List<String> decodeInChunks(byte[] bytes, Random random) {
    Utf8TextTest fresh = new Utf8TextTest();
    List<String> pieces = new ArrayList<>();
    for (int from = 0, to; from < bytes.length; from = to) {
      to = Math.min(bytes.length, from + random.nextInt(5));
      pieces.add(fresh.append(Arrays.copyOfRange(bytes, from, to)));
    }
    pieces.add(fresh.end());
    return pieces;
  }

  private String append(byte[] chunk) {
    StringBuilder text = new StringBuilder();
    utf8.decode(chunk, chunk.length, text);
    return text.toString();
  }

  private String end() {
    StringBuilder text = new StringBuilder();
    utf8.end(text);
    return text.toString();
  }

  /** Characters, parts of characters and noise. */
  private static byte[] mixedBytes(Random random) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = random.nextInt(12); i >= 0; i--) {
      byte[] character = Character.toString(anyCharacter(random)).getBytes(UTF_8);
      switch (random.nextInt(4)) {
        case 0 -> bytes.write(random.nextInt(256));
        case 1 -> bytes.write(character, 0, 1 + random.nextInt(character.length));
        default -> bytes.writeBytes(character);
      }
    }
    return bytes.toByteArray();
  }

  private static int anyCharacter(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(0x80);
      case 1 -> 0x80 + random.nextInt(0x780);
      case 2 -> 0x800 + random.nextInt(0xD000);
      default -> 0x10000 + random.nextInt(0x100000);
    };
  }

  private static boolean hasLoneSurrogate(String piece) {
    return piece.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF);
  }
}
