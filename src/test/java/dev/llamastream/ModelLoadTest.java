package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.llamastream.fixture.GgufWriter;
import dev.llamastream.fixture.TinyModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelLoadTest {

  private static final int BLOCK = 1 << 16;

  @TempDir Path directory;

  /** Whether this process has one of the files below mapped or open, where that can be seen. */
  private static boolean holds(Path files) {
    Path self = Path.of("/proc/self");
    if (!Files.exists(self)) {
      return false;
    }
    try (Stream<Path> open = Files.list(self.resolve("fd"))) {
      return Files.readString(self.resolve("maps")).contains(files.toString())
          || open.anyMatch(file -> linksInto(file, files));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean linksInto(Path link, Path files) {
    try {
      return Files.readSymbolicLink(link).startsWith(files);
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(holds(directory)).as("a file that is still open").isFalse();
  }

  private Path tiny() {
    return TinyModel.defaults().gguf().write(directory.resolve("model.gguf"));
  }

  private static Path real() {
    return Path.of(System.getProperty("llamastream.test.model"));
  }

  private static ModelLoadException refused(Path path) {
    return refused(path, ModelParams.defaults());
  }

  private static ModelLoadException refused(Path path, ModelParams params) {
    ModelLoadException refusal =
        catchThrowableOfType(ModelLoadException.class, () -> Model.load(path, params).close());
    assertThat(refusal).as("%s", path).isNotNull();
    assertThat(refusal).hasMessageStartingWith(path.toAbsolutePath() + ": ");
    return refusal;
  }

  // ---- files ----

  @Test
  void missingFile() {
    assertThat(refused(directory.resolve("absent.gguf"))).hasMessageEndingWith(": no such file");
    assertThat(refused(directory.resolve("absent/absent.gguf")))
        .hasMessageEndingWith(": no such file");
    assertThat(refused(Path.of("relative.gguf"))).hasMessageEndingWith(": no such file");
    assertThat(refused(Path.of(""))).hasMessageEndingWith(": not a file");
  }

  @Test
  void directoryIsNoFile() {
    assertThat(refused(directory)).hasMessageEndingWith(": not a file");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "G", "GGUF", "Once upon a time there was no model.\n", "GGML\3\0\0\0"})
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
      file[offset + i] = (byte) (integer >>> 8 * i);
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
        file[offset + i] = (byte) (count >>> 8 * i);
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
    Path file = Files.copy(real(), directory.resolve("real.gguf"));
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
      refused(file, vocabOnly);
    }
  }

  // ---- models that llama.cpp does not want ----

  @ParameterizedTest
  @ValueSource(strings = {"none", "", "llama\nllama", "LLAMA"})
  void unknownArchitecture(String architecture) {
    Path path =
        TinyModel.defaults()
            .withArchitecture(architecture)
            .gguf()
            .write(directory.resolve("other.gguf"));
    assertThat(refused(path))
        .hasMessageContaining("architecture")
        .hasMessageContaining(architecture);
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
  @ValueSource(
      strings = {
        "llama.context_length",
        "llama.embedding_length",
        "llama.block_count",
        "llama.attention.head_count",
        "tokenizer.ggml.model",
        "tokenizer.ggml.tokens",
        "blk.1.ffn_up.weight",
        "output_norm.weight"
      })
  void renamedEntry(String name) throws Exception {
    String file = Files.readString(tiny(), java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThat(file).contains(name);
    String renamed = file.replace(name, name.substring(0, name.length() - 1) + "_");
    assertThat(
            refused(
                Files.writeString(
                    directory.resolve("renamed.gguf"),
                    renamed,
                    java.nio.charset.StandardCharsets.ISO_8859_1)))
        .hasMessageContaining(name);
  }
}
