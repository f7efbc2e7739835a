package dev.llamastream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.fixture.GgufWriter;
import dev.llamastream.fixture.TinyModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that hold no model, or a broken one. */
class ModelFileTest {

  private static final int BLOCK = 1 << 16;

  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() {
    OpenFiles.assertNoneIn(directory);
  }

  private Path tiny() {
    return TinyModel.defaults().gguf().write(directory.resolve("model.gguf"));
  }

  private static void refused(Path path) {
    refused(path, ModelParams.defaults(), "");
  }

  private static void refused(Path path, ModelParams params, String reason) {
    assertThatThrownBy(() -> Model.load(path, params).close())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageStartingWith(path.toAbsolutePath() + ": ")
        .hasMessageContaining(reason);
  }

  private static void refused(Path path, String reason) {
    refused(path, ModelParams.defaults(), reason);
  }

  // ---- files ----

  @Test
  void missingFile() {
    refused(directory.resolve("absent.gguf"), ": no such file");
    refused(directory.resolve("absent/absent.gguf"), ": no such file");
    refused(Path.of("relative.gguf"), ": no such file");
    refused(Path.of(""), ": not a file");
  }

  @Test
  void directoryIsNoFile() {
    refused(directory, ": not a file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "G", "GGUF", "Once upon a time there was no model.\n", "GGML1234"})
  void fileOfSomethingElse(String content) throws Exception {
    Path file = Files.writeString(directory.resolve("other.gguf"), content);
    refused(file);
  }

  @Test
  void zeros() throws Exception {
    refused(Files.write(directory.resolve("zeros.gguf"), new byte[BLOCK]));
  }

  @ParameterizedTest
  @CsvSource({"0, 0x47475547", "0, 0x00000000", "4, 0", "4, 1", "4, 4", "4, 0x03000000", "4, -1"})
  void wrongMagicOrVersion(int offset, String value) throws Exception {
    byte[] file = TinyModel.defaults().gguf().toByteArray();
    int integer = Integer.decode(value);
    for (int i = 0; i < 4; i++) {
      file[offset + i] = (byte) (integer >>> (8 * i));
    }
    refused(Files.write(directory.resolve("broken.gguf"), file));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 61, 1L << 32, 1_000_000})
  void extremeCounts(long count) throws Exception {
    for (int offset :
        new int[] {
          GgufWriter.TENSOR_COUNT_OFFSET,
          GgufWriter.METADATA_COUNT_OFFSET,
          GgufWriter.METADATA_OFFSET // the first key's length
        }) {
      byte[] file = TinyModel.defaults().gguf().toByteArray();
      for (int i = 0; i < 8; i++) {
        file[offset + i] = (byte) (count >>> (8 * i));
      }
      refused(Files.write(directory.resolve("broken.gguf"), file));
    }
  }

  // ---- truncated files ----

  /** Lengths in falling order. */
  private static void everyTruncationIsRefused(Path file, LongStream lengths) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      lengths.forEach(
          length -> {
            try {
              channel.truncate(length);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            refused(file);
          });
    }
  }

  private static LongStream blocks(Path file) throws IOException {
    long last = (Files.size(file) - 1) / BLOCK;
    return LongStream.rangeClosed(0, last).map(block -> (last - block) * BLOCK);
  }

  @Test
  void tinyModelTruncatedAtEveryBlock() throws Exception {
    Path file = tiny();
    everyTruncationIsRefused(file, blocks(file));
  }

  @Test
  void realModelTruncatedAtEveryBlock() throws Exception {
    Path file =
        Files.copy(
            Path.of(System.getProperty("llamastream.test.model")), directory.resolve("real.gguf"));
    everyTruncationIsRefused(file, blocks(file));
  }

  @Test
  void truncatedByOneByte() throws Exception {
    Path file = tiny();
    everyTruncationIsRefused(file, LongStream.of(Files.size(file) - 1));
  }

  /** Header, metadata and tensor table, and a little more. */
  @Test
  void truncatedAnywhereInTheMetadata() throws Exception {
    Path file = tiny();
    everyTruncationIsRefused(file, LongStream.iterate(16_000, n -> n >= 0, n -> n - 97));
  }

  @Test
  void truncatedAnywhereInTheMetadataOfAVocabulary() throws Exception {
    Path file = tiny();
    ModelParams vocabOnly = ModelParams.builder().vocabOnly(true).build();
    for (long length = 8_000; length >= 0; length -= 397) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(length);
      }
      refused(file, vocabOnly, "");
    }
  }

  // ---- models that llama.cpp does not want ----

  @ParameterizedTest
  @ValueSource(strings = {"none", "", "llama llama", "LLAMA"})
  void unknownArchitecture(String architecture) {
    Path path =
        TinyModel.defaults()
            .withArchitecture(architecture)
            .gguf()
            .write(directory.resolve("other.gguf"));
    refused(path, "architecture: '" + architecture + "'");
  }

  @Test
  void nothingButAHeader() {
    refused(new GgufWriter().write(directory.resolve("bare.gguf")));
  }

  @Test
  void noTensors() {
    Path path =
        new GgufWriter().put("general.architecture", "llama").write(directory.resolve("bare.gguf"));
    refused(path);
  }

  @ParameterizedTest
  @CsvSource({
    "llama.context_length, llama.context_length",
    "llama.block_count, llama.block_count",
    "llama.attention.head_count, blk.0.attn_q.weight",
    "tokenizer.ggml.model, tokenizer.ggml.model",
    "tokenizer.ggml.tokens, vocab",
    "blk.1.ffn_up.weight, blk.1.ffn_up.weight",
    "output_norm.weight, output_norm.weight"
  })
  void missingEntry(String name, String named) throws Exception {
    String file = Files.readString(tiny(), ISO_8859_1);
    assertThat(file).contains(name);
    String renamed = file.replace(name, "x" + name.substring(1));
    refused(Files.writeString(directory.resolve("renamed.gguf"), renamed, ISO_8859_1), named);
  }

  @Test
  void brokenNumbersAreFoundOnDemand() throws Exception {
    Path path = tiny();
    byte[] file = Files.readAllBytes(path);
    Arrays.fill(file, file.length - 64, file.length, (byte) 0xff); // not a number
    Files.write(path, file);
    Model.load(path).close();
    refused(path, ModelParams.builder().checkTensors(true).build(), "invalid data");
  }
}
