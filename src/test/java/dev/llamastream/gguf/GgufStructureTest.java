package dev.llamastream.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.llamastream.ModelLoadException;
import dev.llamastream.fixture.GgufWriter;
import dev.llamastream.fixture.GgufWriter.ArrayValue;
import dev.llamastream.fixture.GgufWriter.ValueType;
import dev.llamastream.fixture.TinyModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgufStructureTest {

  @TempDir private Path directory;

  @Test
  void whatIsNoFileIsRefused() {
    Path missing = directory.resolve("missing.gguf");
    assertThatThrownBy(() -> GgufFile.read(missing))
        .isInstanceOf(ModelLoadException.class)
        .hasMessage(missing + ": no such file");
    assertThatThrownBy(() -> GgufFile.read(directory))
        .isInstanceOf(ModelLoadException.class)
        .hasMessage(directory + ": not a file");
  }

  @ParameterizedTest
  @CsvSource({
    "'', it is empty",
    "GG, it begins with \"GG\"",
    "'{\"a\":1}', 'it begins with \"{\"a\"\"'",
    "'\t\tXY', it begins with \"\\u0009\\u0009XY\"",
    "GGUG, it begins with \"GGUG\"",
  })
  void otherFilesAreRefused(String content, String what) {
    refused(content.getBytes(UTF_8), "not a GGUF file: " + what);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 'GGUF version 0, must be 2 or 3 (at byte 8)'",
    "1, 'GGUF version 1, must be 2 or 3'",
    "4, 'GGUF version 4, must be 2 or 3'",
    "-1, 'GGUF version 4294967295, must be 2 or 3'",
    "0x03000000, 'it is big-endian'",
    "0x02000000, 'it is big-endian'",
  })
  void otherVersionsAreRefused(String version, String message) {
    byte[] bytes = new GgufWriter().toByteArray();
    GgufFiles.littleEndian(bytes)
        .putInt(GgufWriter.VERSION_OFFSET, Long.decode(version).intValue());
    refused(bytes, "header: " + message);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, Long.MAX_VALUE, Long.MIN_VALUE, -1, Long.MAX_VALUE / 14 + 1})
  void countsThatTheFileCannotHaveAreRefused(long count) {
    byte[] bytes = new GgufWriter().toByteArray();
    GgufFiles.littleEndian(bytes).putLong(GgufWriter.METADATA_COUNT_OFFSET, count);
    refused(bytes, "header: " + Long.toUnsignedString(count) + " metadata entries", "8 more bytes");

    bytes = new GgufWriter().toByteArray();
    GgufFiles.littleEndian(bytes).putLong(GgufWriter.TENSOR_COUNT_OFFSET, count);
    refused(bytes, "header: " + Long.toUnsignedString(count) + " tensors");
  }

  @ParameterizedTest
  @ValueSource(longs = {40, Long.MAX_VALUE, Long.MIN_VALUE, -1})
  void textsLongerThanTheFileAreRefused(long length) {
    byte[] bytes = new GgufWriter().put("key", "text").toByteArray();
    int valueLength = GgufWriter.METADATA_OFFSET + 8 + 3 + 4;
    GgufFiles.littleEndian(bytes).putLong(valueLength, length);
    refused(
        bytes,
        "metadata \"key\": " + Long.toUnsignedString(length) + " bytes of text",
        "(at byte " + (valueLength + 8) + ")");

    bytes = new GgufWriter().put("key", "text").toByteArray();
    GgufFiles.littleEndian(bytes).putLong(GgufWriter.METADATA_OFFSET, length);
    refused(bytes, "metadata entry[0]: " + Long.toUnsignedString(length) + " bytes of text");
  }

  @ParameterizedTest
  @ValueSource(longs = {100, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE / 4 + 2})
  void arraysLongerThanTheFileAreRefused(long size) {
    for (ValueType type : new ValueType[] {ValueType.STRING, ValueType.INT32, ValueType.ARRAY}) {
      byte[] bytes = new GgufWriter().put("key", type, List.of()).toByteArray();
      GgufFiles.littleEndian(bytes).putLong(GgufWriter.METADATA_OFFSET + 8 + 3 + 4 + 4, size);
      refused(bytes, "metadata \"key\": " + Long.toUnsignedString(size) + " ");
    }
  }

  @Test
  void anElementThatIsTooLongIsNamed() {
    byte[] bytes = new GgufWriter().put("key", ValueType.STRING, List.of("a", "b")).toByteArray();
    GgufFiles.littleEndian(bytes)
        .putLong(GgufWriter.METADATA_OFFSET + 8 + 3 + 4 + 4 + 8 + 8 + 1, 1000);
    refused(bytes, "metadata \"key\"[1]: 1000 bytes of text");
  }

  @Test
  void unknownValueTypesAreRefused() {
    byte[] bytes = new GgufWriter().put("key", 1).toByteArray();
    GgufFiles.littleEndian(bytes).putInt(GgufWriter.METADATA_OFFSET + 8 + 3, 13);
    refused(bytes, "metadata \"key\": value type 13, must be in [0, 12]");

    bytes = new GgufWriter().put("key", ValueType.INT8, List.of()).toByteArray();
    GgufFiles.littleEndian(bytes).putInt(GgufWriter.METADATA_OFFSET + 8 + 3 + 4, -1);
    refused(bytes, "metadata \"key\": value type 4294967295, must be in [0, 12]");
  }

  @Test
  void fiveArraysInEachOtherAreRefused() {
    ArrayValue array = new ArrayValue(ValueType.INT8, List.of(1));
    for (int i = 0; i < 3; i++) {
      array = new ArrayValue(ValueType.ARRAY, List.of(array));
    }
    byte[] four = new GgufWriter().put("key", ValueType.ARRAY, array).toByteArray();
    assertThat(GgufFiles.read(directory, four).metadata()).containsKey("key");

    ArrayValue five = new ArrayValue(ValueType.ARRAY, List.of(array));
    refused(
        new GgufWriter().put("key", ValueType.ARRAY, five).toByteArray(),
        "metadata \"key\": more than 4 arrays in each other");
  }

  @Test
  void keysMustBeDistinctText() {
    refused(
        new GgufWriter().put("key", 1).put("other", 1).put("key", 1).toByteArray(),
        "metadata \"key\": the key is there twice");
    refused(new GgufWriter().put("", 1).toByteArray(), "metadata entry[0]: its key is empty");
    refused(
        new GgufWriter().put("a", 1).put("k\0", 1).toByteArray(),
        "metadata entry[1]: the name \"k\\u0000\" is no text");
    refused(
        new GgufWriter().put("k".repeat(65536), 1).toByteArray(),
        "metadata entry[0]: a name of 65536 bytes, must be at most 65535");
    byte[] notUtf8 = new GgufWriter().put("key", 1).toByteArray();
    notUtf8[GgufWriter.METADATA_OFFSET + 8] = (byte) 0xc3;
    refused(notUtf8, "metadata entry[0]: the name \"Ãey\" is no text");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 48, -1})
  void theAlignmentMustBeAPowerOfTwo(int alignment) {
    refused(
        new GgufWriter().put("general.alignment", alignment).toByteArray(),
        "metadata \"general.alignment\": " + Integer.toUnsignedString(alignment),
        "must be a power of two of type UINT32");
  }

  @Test
  void theAlignmentMustBeOfItsType() {
    refused(
        new GgufWriter().put("general.alignment", ValueType.UINT64, 32).toByteArray(),
        "metadata \"general.alignment\": 32 of type UINT64, must be a power of two");
    refused(
        new GgufWriter().put("general.alignment", "32").toByteArray(),
        "metadata \"general.alignment\": 32 of type STRING, must be a power of two");
  }

  @Test
  void tensorNamesMustBeDistinctShortText() {
    float[] one = {1};
    refused(
        new GgufWriter().tensorF32("a", one, 1).tensorF32("a", one, 1).toByteArray(),
        "tensor \"a\": the name is there twice");
    refused(
        new GgufWriter().tensorF32("n".repeat(64), one, 1).toByteArray(),
        "tensor[0]: a name of 64 bytes, must be at most 63");
    refused(
        new GgufWriter().tensorF32("a", one, 1).tensorF32("a\0b", one, 1).toByteArray(),
        "tensor[1]: the name \"a\\u0000b\" is no text");
    assertThat(
            GgufFiles.read(
                    directory, new GgufWriter().tensorF32("n".repeat(63), one, 1).toByteArray())
                .tensors())
        .hasSize(1);
  }

  @Test
  void dimensionsMustBeAFewThatCanBeMultiplied() {
    refused(
        new GgufWriter().tensorF32("t", new float[] {1}, 1, 1, 1, 1, 1).toByteArray(),
        "tensor \"t\": 5 dimensions, must be at most 4");
    refused(
        new GgufWriter().tensorF32("t", new float[] {1}, 1, -1).toByteArray(),
        "tensor \"t\": dimension 1 is 18446744073709551615, must be below 2^63");
    refused(
        new GgufWriter().tensorF32("t", new float[] {1}, 1L << 32, 1L << 31).toByteArray(),
        "tensor \"t\": dimensions [4294967296, 2147483648]: too many elements");
    refused(
        new GgufWriter().tensorF32("t", new float[] {1}, 1L << 61).toByteArray(),
        "tensor \"t\": dimensions [2305843009213693952]: too many elements");
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 31, 36, 43, -1})
  void unknownTensorTypesAreRefused(int type) {
    refused(
        new GgufWriter().tensor("t", type, new byte[4], 1).toByteArray(),
        "tensor \"t\": unknown tensor type " + Integer.toUnsignedString(type));
  }

  @Test
  void rowsMustBeWholeBlocks() {
    refused(
        new GgufWriter().tensor("t", GgmlType.Q4_K.number(), new byte[144], 128, 2).toByteArray(),
        "tensor \"t\": rows of 128 elements, must be a multiple of 256 for type Q4_K");
  }

  @Test
  void dataMustFollowEachOther() {
    byte[] bytes =
        new GgufWriter()
            .tensorF32("a", new float[] {1}, 1)
            .tensorF32("b", new float[] {1}, 1)
            .toByteArray();
    int second = GgufWriter.METADATA_OFFSET + 2 * (8 + 1 + 4 + 8 + 4 + 8) - 8;
    assertThat(GgufFiles.littleEndian(bytes).getLong(second)).isEqualTo(32);
    for (long offset : new long[] {0, 31, 33, 64, Long.MAX_VALUE, -32}) {
      GgufFiles.littleEndian(bytes).putLong(second, offset);
      refused(
          bytes,
          "tensor \"b\": its data is at offset " + Long.toUnsignedString(offset),
          "must be at 32");
    }
  }

  @Test
  void dataMustBeInTheFile() {
    refused(
        new GgufWriter()
            .tensorF32("a", new float[] {1}, 1)
            .tensor("b", GgufWriter.F32, new byte[4], 1000)
            .toByteArray(),
        "tensor \"b\": its data goes to byte 4128 of a file of 160: the file is incomplete",
        "(at byte 128)");
    refused(
        new GgufWriter()
            .tensor("a", GgufWriter.F32, new byte[0], (1L << 60) - 1)
            .tensor("b", GgufWriter.F32, new byte[0], (1L << 60) - 1)
            .toByteArray(),
        "tensor \"b\": its data is at offset 0");
  }

  @Test
  void everyTruncationIsRefused() {
    byte[] bytes =
        new GgufWriter()
            .put("number", 1)
            .put("text", "some text")
            .put("texts", ValueType.STRING, List.of("a", "", "ccc"))
            .put("numbers", ValueType.INT16, List.of(1, 2, 3))
            .tensorF32("a", new float[] {1, 2}, 2)
            .tensorF32("b", new float[16], 8, 2)
            .toByteArray();
    assertThat(GgufFiles.read(directory, bytes).tensors()).hasSize(2);
    for (int length = 0; length < bytes.length; length++) {
      refused(Arrays.copyOf(bytes, length), "");
    }
  }

  @Test
  void aFileThatIsCutWhileItIsReadIsRefused() {
    byte[] bytes = TinyModel.defaults().gguf().toByteArray();
    for (int length : new int[] {3, 20, 100, 5000}) {
      ByteArrayInputStream stream = new ByteArrayInputStream(bytes, 0, length);
      assertThatThrownBy(() -> new GgufParser(directory, bytes.length, stream).parse())
          .isInstanceOf(ModelLoadException.class)
          .hasMessageContaining("the file ends in the middle of it (at byte ");
    }
  }

  /** Any of 20,000 damaged files is refused in words, or is still a GGUF file. */
  @Test
  void randomDamageIsRefusedOrHarmless() throws IOException {
    byte[] sound =
        new GgufWriter()
            .put("general.architecture", "llama")
            .put("general.alignment", 32)
            .put("number", 6)
            .put("numbers", ValueType.UINT64, List.of(1, 2, 3))
            .put("texts", ValueType.STRING, List.of("a", "bc", ""))
            .put(
                "arrays",
                ValueType.ARRAY,
                List.of(
                    new ArrayValue(ValueType.STRING, List.of("x")),
                    new ArrayValue(ValueType.BOOL, List.of(true))))
            .tensorF32("a", new float[] {1, 2}, 2)
            .tensorF16("b", new float[64], 32, 2)
            .toByteArray();
    int accepted = 0;
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = damaged(sound, random);
      try {
        GgufFile file =
            new GgufParser(directory, bytes.length, new ByteArrayInputStream(bytes)).parse();
        accepted++;
        assertThat(file.parameterCount()).isNotNegative();
        assertThat(file.toString()).isNotEmpty();
        for (GgufTensor tensor : file.tensors()) {
          assertThat(tensor.offset() + tensor.sizeInBytes()).isBetween(0L, (long) bytes.length);
        }
      } catch (ModelLoadException e) {
        assertThat(e).hasMessageStartingWith(directory + ": ");
      }
    }
    assertThat(accepted).as("accepted").isBetween(1000, 19_000);
  }

  private static byte[] damaged(byte[] sound, Random random) {
    long[] extremes = {0, 1, 31, 64, 0xff, 0xffffffffL, Long.MAX_VALUE, Long.MIN_VALUE, -1};
    byte[] bytes = sound.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(bytes.length - 8);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 ->
            GgufFiles.littleEndian(bytes).putLong(at, extremes[random.nextInt(extremes.length)]);
        default ->
            GgufFiles.littleEndian(bytes)
                .putInt(at, (int) extremes[random.nextInt(extremes.length)]);
      }
    }
    return random.nextInt(10) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  /** Reads what must not be a GGUF file. */
  private void refused(byte[] bytes, String... parts) {
    Path path = GgufFiles.write(directory, bytes);
    ModelLoadException e =
        catchThrowableOfType(ModelLoadException.class, () -> GgufFile.read(path));
    assertThat(e).isNotNull();
    assertThat(e).hasMessageStartingWith(path + ": ").hasMessageContainingAll(parts);
  }
}
