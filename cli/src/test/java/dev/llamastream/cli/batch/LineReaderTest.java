package dev.llamastream.cli.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class LineReaderTest {

  private static LineReader reader(String text, int limit) {
    return new LineReader(new ByteArrayInputStream(text.getBytes(UTF_8)), limit);
  }

  private static List<String> lines(LineReader reader) throws IOException {
    List<String> lines = new ArrayList<>();
    for (InputLine line = reader.next(); line != null; line = reader.next()) {
      String text = line.bytes() == null ? "too long" : new String(line.bytes(), UTF_8);
      lines.add(line.number() + ":" + text);
    }
    return lines;
  }

  @Test
  void countsBlankLinesAndSkipsThem() throws IOException {
    assertThat(lines(reader("a\n\n \t\r\nb\r\n\nc", 100))).containsExactly("1:a", "4:b\r", "6:c");
    assertThat(lines(reader("", 100))).isEmpty();
    assertThat(lines(reader("\n\n", 100))).isEmpty();
  }

  @Test
  void knowsWhereALineEndsAndWhetherItIsComplete() throws IOException {
    LineReader reader = reader("ab\n\ncd", 100);

    reader.next();
    assertThat(reader.position()).isEqualTo(3);
    assertThat(reader.complete()).isTrue();
    reader.next();
    assertThat(reader.position()).isEqualTo(6);
    assertThat(reader.complete()).isFalse();
  }

  @Test
  void keepsNoLineThatIsTooLong() throws IOException {
    String longest = "x".repeat(200_000);

    assertThat(lines(reader(longest + "\n" + longest + "y\nz", 200_000)))
        .containsExactly("1:" + longest, "2:too long", "3:z");
  }

  @Test
  void theChecksumIsThatOfTheBytes() throws IOException {
    String text = "ä".repeat(100_000);
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(UTF_8));
    LineReader kept = reader(text + "\n", 1 << 20);
    LineReader tooLong = reader("\n" + text, 1);

    assertThat(kept.next().crc()).isEqualTo((int) crc.getValue());
    assertThat(tooLong.next().crc()).isEqualTo((int) crc.getValue());
  }
}
