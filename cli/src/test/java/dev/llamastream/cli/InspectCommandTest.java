package dev.llamastream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {

  private static final int STRING = 8;
  private static final int ARRAY = 9;
  private static final int UINT32 = 4;
  private static final int UINT64 = 10;
  private static final int FLOAT32 = 6;
  private static final int FLOAT64 = 12;
  private static final int F32 = 0;

  @TempDir private Path directory;

  private final ByteBuffer gguf = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);

  @Test
  void tableHasFactsMetadataAndTensors() {
    Cli inspection = Cli.call("inspect", Cli.MODEL);

    assertThat(inspection.status()).isZero();
    assertThat(inspection.err()).isEmpty();
    assertThat(inspection.out())
        .containsPattern("(?m)^File +" + Cli.MODEL + "$")
        .containsPattern("(?m)^Architecture +llama$")
        .containsPattern("(?m)^Parameters +134,515,008$")
        .containsPattern("(?m)^Problem +none$")
        .containsPattern("(?m)^  llama.block_count +UINT32 +30$")
        .containsPattern("(?m)^  tokenizer.ggml.tokens +STRING\\[49152] +<\\|endoftext\\|>, .*, …$")
        .containsPattern("(?m)^  output_norm.weight +F32 +576 +2,304 bytes$")
        .containsPattern("(?m)^  F32 +61 tensors +35,136 parameters +140,544 bytes$");
    assertThat(inspection.out().lines()).allMatch(line -> line.length() < 160);
  }

  @Test
  void jsonHasEveryElement() throws IOException {
    Path model = write(0);

    assertThat(Cli.call("inspect", "--json", model.toString()))
        .isEqualTo(
            new Cli(
                0,
                String.format(
                    Locale.ROOT,
                    "{\"parameters\":6,\"files\":[{\"path\":\"%s\",\"size\":%d,\"version\":3,"
                        + "\"alignment\":32,\"metadata\":{"
                        + "\"text\":{\"type\":\"STRING\",\"value\":\"line\\nline\"},"
                        + "\"large\":{\"type\":\"UINT64\",\"value\":18446744073709551615},"
                        + "\"many\":{\"type\":\"ARRAY\",\"elementType\":\"UINT32\","
                        + "\"value\":[1,2,3,4,5,6]}},"
                        + "\"tensors\":[{\"name\":\"t.weight\",\"type\":\"F32\","
                        + "\"dimensions\":[3,2],\"offset\":%d,\"size\":24}]}]}%n",
                    model,
                    Files.size(model),
                    Files.size(model) - 32),
                ""));
  }

  @Test
  void jsonHasExactNumbersAndEscapedTexts() throws IOException {
    begin(6);
    text("float");
    gguf.putInt(FLOAT32).putFloat(0.1f);
    text("double");
    gguf.putInt(FLOAT64).putDouble(1e300);
    text("none");
    gguf.putInt(FLOAT32).putFloat(Float.NaN);
    text("infinite");
    gguf.putInt(FLOAT64).putDouble(Double.NEGATIVE_INFINITY);
    text("a\"b\\c\n\t");
    gguf.putInt(STRING);
    text("\0\u001f\r");
    text("plain");
    gguf.putInt(STRING);
    text("é世👋");

    assertThat(Cli.call("inspect", "--json", end().toString()).out())
        .contains("\"float\":{\"type\":\"FLOAT32\",\"value\":0.1}")
        .contains("\"double\":{\"type\":\"FLOAT64\",\"value\":1.0E300}")
        .contains("\"none\":{\"type\":\"FLOAT32\",\"value\":null}")
        .contains("\"infinite\":{\"type\":\"FLOAT64\",\"value\":null}")
        .contains("\"a\\\"b\\\\c\\n\\t\":{\"type\":\"STRING\",\"value\":\"\\u0000\\u001F\\r\"}")
        .contains("\"plain\":{\"type\":\"STRING\",\"value\":\"é世👋\"}");
  }

  @Test
  void longValuesAreCutInTheTable() throws IOException {
    Cli inspection = Cli.call("inspect", write(0).toString());

    assertThat(inspection.out())
        .containsPattern("(?m)^  text +STRING +line line$")
        .containsPattern("(?m)^  large +UINT64 +18446744073709551615$")
        .containsPattern("(?m)^  many +UINT32\\[6] +1, 2, 3, 4, 5, …$")
        .containsPattern("(?m)^  t.weight +F32 +3 x 2 +24 bytes$")
        .containsPattern("(?m)^  F32 +1 tensor +6 parameters +24 bytes$");
  }

  @Test
  void whatLlamaCppCannotLoadIsAProblem() throws IOException {
    Path model = write(513);

    assertThat(Cli.call("inspect", model.toString()).out())
        .containsPattern("(?m)^Problem .*\".block_count\": 513, must be in \\[1, 512]$");
    assertThat(Cli.call("inspect", "--json", model.toString()).out())
        .startsWith("{\"problem\":\"" + model + ": metadata \\\".block_count\\\": 513");
  }

  @Test
  void whatIsNoModelIsAnError() throws IOException {
    Path text = Files.writeString(directory.resolve("a.txt"), "text");

    assertThat(Cli.call("inspect", text.toString()))
        .isEqualTo(
            new Cli(
                1,
                "",
                String.format(
                    Locale.ROOT, "error: %s: not a GGUF file: it begins with \"text\"%n", text)));
  }

  @Test
  void aFileMustBeNamed() {
    Cli nothing = Cli.call("inspect");

    assertThat(nothing.status()).isEqualTo(2);
    assertThat(nothing.err()).contains("<model>");
  }

  /** A file with three values, or four, and a tensor. */
  private Path write(int layers) throws IOException {
    begin(layers == 0 ? 3 : 4);
    if (layers != 0) {
      text(".block_count");
      gguf.putInt(UINT32).putInt(layers);
    }
    text("text");
    gguf.putInt(STRING);
    text("line\nline");
    text("large");
    gguf.putInt(UINT64).putLong(-1);
    text("many");
    gguf.putInt(ARRAY).putInt(UINT32).putLong(6);
    for (int i = 1; i <= 6; i++) {
      gguf.putInt(i);
    }
    return end();
  }

  private void begin(int values) {
    gguf.put("GGUF".getBytes(UTF_8)).putInt(3).putLong(1).putLong(values);
  }

  /** Writes the file with its tensor. */
  private Path end() throws IOException {
    text("t.weight");
    gguf.putInt(2).putLong(3).putLong(2).putInt(F32).putLong(0);
    gguf.position((gguf.position() + 31) / 32 * 32 + 32).flip();
    byte[] bytes = new byte[gguf.remaining()];
    gguf.get(bytes);
    return Files.write(directory.resolve("small.gguf"), bytes);
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    gguf.putLong(bytes.length).put(bytes);
  }
}
