package dev.llamastream.store.internal.download;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class JournalTest {

  private static Journal journal() {
    Ranges done = new Ranges();
    done.add(0, 10);
    done.add(20, 3_000_000_000L);
    return new Journal(4_000_000_000L, "ab".repeat(32), "\"e t a g\"", done);
  }

  @Test
  void isReadBack() {
    Journal read = Journal.parse(journal().text()).orElseThrow();

    assertThat(read.size()).isEqualTo(4_000_000_000L);
    assertThat(read.sha256()).isEqualTo("ab".repeat(32));
    assertThat(read.validator()).isEqualTo("\"e t a g\"");
    assertThat(read.done().asMap()).isEqualTo(journal().done().asMap());
    Journal unknown = new Journal(-1, "", "", new Ranges());
    assertThat(Journal.parse(unknown.text()).orElseThrow().size()).isEqualTo(-1);
  }

  @Test
  void halfOfItIsNone() {
    String text = journal().text();
    for (int length = 0; length < text.length(); length++) {
      assertThat(Journal.parse(text.substring(0, length))).as("length %d", length).isEmpty();
    }
  }

  @Test
  void anyChangedCharacterMakesItNone() {
    String text = journal().text();
    for (int i = 0; i < text.length(); i++) {
      char[] changed = text.toCharArray();
      changed[i] = (char) (changed[i] ^ 1);
      assertThat(Journal.parse(new String(changed))).as("character %d", i).isEmpty();
    }
  }

  @Test
  void aSumOverNonsenseDoesNotHelp() {
    for (String body : new String[] {"", "x", "llamastream part 1\n", "llamastream part 1\na\n"}) {
      CRC32 sum = new CRC32();
      sum.update(body.getBytes(UTF_8));
      assertThat(Journal.parse(body + Long.toHexString(sum.getValue()) + "\n")).isEmpty();
    }
  }
}
