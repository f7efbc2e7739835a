package dev.llamastream.gguf;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.fixture.GgufWriter;
import dev.llamastream.fixture.GgufWriter.ArrayValue;
import dev.llamastream.fixture.GgufWriter.ValueType;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.gguf.GgufValue.BooleanValue;
import dev.llamastream.gguf.GgufValue.FloatValue;
import dev.llamastream.gguf.GgufValue.IntegerValue;
import dev.llamastream.gguf.GgufValue.StringValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GgufFileTest {

  private static final float[] ONES = {1, 1};

  @TempDir private Path directory;

  @Test
  void tinyModelIsWhatItsWriterWrote() throws Exception {
    Path path = TinyModel.defaultPath();

    GgufFile file = GgufFile.read(path);

    assertThat(file.path()).isEqualTo(path);
    assertThat(file.version()).isEqualTo(3);
    assertThat(file.fileSize()).isEqualTo(Files.size(path));
    assertThat(file.alignment()).isEqualTo(32);
    assertThat(file.metadata())
        .containsEntry("general.architecture", new StringValue("llama"))
        .containsEntry("llama.context_length", new IntegerValue(GgufType.UINT32, 8192))
        .containsEntry("tokenizer.ggml.add_bos_token", new BooleanValue(true))
        .containsEntry(
            "llama.attention.layer_norm_rms_epsilon", new FloatValue(GgufType.FLOAT32, 1e-5f));
    assertThat(file.metadata().keySet().iterator().next()).isEqualTo("general.architecture");
    assertThat(array(file, "tokenizer.ggml.tokens").size()).isEqualTo(ByteVocabulary.FIRST_ADDED);
    assertThat(file.tensors()).hasSize(3 + 2 * 9);
  }

  @Test
  void hashIsThatOfTheHeader() throws Exception {
    Path path = TinyModel.defaultPath();
    byte[] bytes = Files.readAllBytes(path);
    GgufFile file = GgufFile.read(path);
    GgufTensor last = file.tensors().getLast();
    // its name, dimensions and type, and the offset
    int end =
        new String(bytes, ISO_8859_1).lastIndexOf(last.name())
            + last.name().length()
            + 4
            + 8 * last.dimensions().size()
            + 4
            + 8;
    assertThat(end).isLessThanOrEqualTo((int) file.tensors().getFirst().offset());
    byte[] sum = MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(bytes, end));
    assertThat(file.headerHash()).isEqualTo(HexFormat.of().formatHex(sum));
  }

  @Test
  void hashTellsAllButTheNumbersInTheTensors() {
    Path zeros = new GgufWriter().put("a", 1).tensorF32("t", new float[2], 2).write(path("zeros"));
    Path ones = new GgufWriter().put("a", 1).tensorF32("t", ONES, 2).write(path("ones"));
    Path value = new GgufWriter().put("a", 2).tensorF32("t", ONES, 2).write(path("value"));
    Path name = new GgufWriter().put("a", 1).tensorF32("u", ONES, 2).write(path("name"));
    Path type = new GgufWriter().put("a", 1).tensorF16("t", ONES, 2).write(path("type"));
    String hash = GgufFile.read(ones).headerHash();
    assertThat(GgufFile.read(zeros).headerHash()).isEqualTo(hash);
    assertThat(Stream.of(value, name, type).map(GgufFile::read).map(GgufFile::headerHash))
        .doesNotHaveDuplicates()
        .doesNotContain(hash);
  }

  private Path path(String name) {
    return directory.resolve(name + ".gguf");
  }

  @Test
  void offsetsAreThoseOfTheData() throws Exception {
    float[] values = {1.5f, -2, 3, 4};
    Path path =
        new GgufWriter()
            .alignment(128)
            .tensorF32("first", new float[] {9}, 1)
            .tensorF32("second", values, 2, 2)
            .write(directory.resolve("a.gguf"));

    GgufFile file = GgufFile.read(path);

    assertThat(file.alignment()).isEqualTo(128);
    assertThat(file.parameterCount()).isEqualTo(5);
    GgufTensor tensor = file.tensors().get(1);
    assertThat(tensor.name()).isEqualTo("second");
    assertThat(tensor.type()).isEqualTo(GgmlType.F32);
    assertThat(tensor.dimensions()).containsExactly(2L, 2L);
    assertThat(tensor.elements()).isEqualTo(4);
    assertThat(tensor.sizeInBytes()).isEqualTo(16);
    assertThat(tensor.offset()).isEqualTo(file.tensors().getFirst().offset() + 128);
    float[] read = new float[4];
    ByteBuffer.wrap(Files.readAllBytes(path), (int) tensor.offset(), 16)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(read);
    assertThat(read).isEqualTo(values);
  }

  @Test
  void scalarsOfAllTypes() {
    GgufFile file =
        read(
            new GgufWriter()
                .put("u8", ValueType.UINT8, 255)
                .put("i8", ValueType.INT8, -128)
                .put("u16", ValueType.UINT16, 65535)
                .put("i16", ValueType.INT16, -32768)
                .put("u32", ValueType.UINT32, 0xffffffffL)
                .put("i32", ValueType.INT32, Integer.MIN_VALUE)
                .put("u64", ValueType.UINT64, -1)
                .put("i64", ValueType.INT64, Long.MIN_VALUE)
                .put("f32", ValueType.FLOAT32, 0.1f)
                .put("f64", ValueType.FLOAT64, 0.1)
                .put("true", true)
                .put("false", false)
                .put("text", "héllo 👋"));

    assertThat(file.metadata().values())
        .containsExactly(
            new IntegerValue(GgufType.UINT8, 255),
            new IntegerValue(GgufType.INT8, -128),
            new IntegerValue(GgufType.UINT16, 65535),
            new IntegerValue(GgufType.INT16, -32768),
            new IntegerValue(GgufType.UINT32, 0xffffffffL),
            new IntegerValue(GgufType.INT32, Integer.MIN_VALUE),
            new IntegerValue(GgufType.UINT64, -1),
            new IntegerValue(GgufType.INT64, Long.MIN_VALUE),
            new FloatValue(GgufType.FLOAT32, 0.1f),
            new FloatValue(GgufType.FLOAT64, 0.1),
            new BooleanValue(true),
            new BooleanValue(false),
            new StringValue("héllo 👋"));
    assertThat(file.metadata().values().stream().map(Object::toString))
        .containsExactly(
            "255",
            "-128",
            "65535",
            "-32768",
            "4294967295",
            "-2147483648",
            "18446744073709551615",
            "-9223372036854775808",
            "0.1",
            "0.1",
            "true",
            "false",
            "héllo 👋");
    assertThat(file.metadata().values().stream().map(GgufValue::type).distinct()).hasSize(12);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"ARRAY", "STRING", "BOOL"})
  void arraysOfNumbersHaveTheElementsOfTheirType(ValueType type) {
    List<Integer> elements = List.of(1, 2, 127, 0);
    GgufFile file = read(new GgufWriter().put("numbers", type, elements));

    GgufArray array = array(file, "numbers");

    assertThat(array.type()).isEqualTo(GgufType.ARRAY);
    assertThat(array.elementType().name()).isEqualTo(type.name());
    assertThat(array.size()).isEqualTo(4);
    for (int i = 0; i < 4; i++) {
      assertThat(array.get(i).type()).isEqualTo(array.elementType());
      assertThat(Double.parseDouble(array.get(i).toString()))
          .isEqualTo(elements.get(i).doubleValue());
    }
  }

  @Test
  void arraysOfTextsKeepTheirBytes() {
    byte[] half = {(byte) 0xf0, (byte) 0x9f};
    GgufFile file =
        read(new GgufWriter().put("texts", ValueType.STRING, List.of("", "a", half, "世界")));

    GgufArray array = array(file, "texts");

    assertThat(array.size()).isEqualTo(4);
    assertThat(array.get(0)).isEqualTo(new StringValue(""));
    assertThat(array.get(1)).isEqualTo(new StringValue("a"));
    assertThat(array.get(2)).isEqualTo(new StringValue("\ufffd"));
    assertThat(array.bytes(2)).isEqualTo(half);
    assertThat(array.bytes(3)).isEqualTo("世界".getBytes(UTF_8));
    assertThatThrownBy(() -> array.get(4)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> array.bytes(-1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void arraysOfBooleansArraysAndNothing() {
    GgufFile file =
        read(
            new GgufWriter()
                .put("booleans", ValueType.BOOL, List.of(true, false))
                .put("empty", ValueType.FLOAT64, List.of())
                .put(
                    "arrays",
                    ValueType.ARRAY,
                    List.of(
                        new ArrayValue(ValueType.UINT8, List.of(7)),
                        new ArrayValue(ValueType.STRING, List.of("x", "y")))));

    assertThat(array(file, "booleans").get(0)).isEqualTo(new BooleanValue(true));
    assertThat(array(file, "booleans").get(1)).isEqualTo(new BooleanValue(false));
    assertThat(array(file, "empty").size()).isZero();
    GgufArray arrays = array(file, "arrays");
    assertThat(((GgufArray) arrays.get(0)).get(0)).isEqualTo(new IntegerValue(GgufType.UINT8, 7));
    assertThat(((GgufArray) arrays.get(1)).get(1)).isEqualTo(new StringValue("y"));
    assertThatThrownBy(() -> arrays.bytes(0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ARRAY");
  }

  @Test
  void equalFilesAreEqual() {
    Path path = TinyModel.defaultPath();
    assertThat(GgufFile.read(path)).isEqualTo(GgufFile.read(path));
    assertThat(GgufFile.read(path)).hasSameHashCodeAs(GgufFile.read(path));
    assertThat(GgufFile.read(path))
        .isNotEqualTo(GgufFile.read(TinyModel.defaults().withSeed(2).path()));
  }

  @Test
  void longTextsGoBeyondTheWindow() {
    String text = "0123456789".repeat(30_000);
    GgufFile file =
        read(
            new GgufWriter()
                .put("text", text)
                .put("texts", ValueType.STRING, List.of("a", text, "b", text + "c"))
                .put("last", 1));

    assertThat(file.metadata()).containsEntry("text", new StringValue(text));
    assertThat(array(file, "texts").get(3)).isEqualTo(new StringValue(text + "c"));
    assertThat(file.metadata()).containsEntry("last", new IntegerValue(GgufType.UINT32, 1));
  }

  @Test
  void tensorsMayBeSingleNumbersOrEmpty() {
    GgufFile file =
        read(
            new GgufWriter()
                .tensorF32("number", new float[] {1})
                .tensor("empty", GgufWriter.F16, new byte[0], 4, 0, 3));

    assertThat(file.tensors().get(0).dimensions()).isEmpty();
    assertThat(file.tensors().get(0).sizeInBytes()).isEqualTo(4);
    assertThat(file.tensors().get(1).sizeInBytes()).isZero();
  }

  @Test
  void quantizedTensorsHaveBlocks() {
    GgufFile file =
        read(new GgufWriter().tensor("q", GgmlType.Q4_K.number(), new byte[3 * 144], 256, 3));

    assertThat(file.tensors().getFirst().type()).isEqualTo(GgmlType.Q4_K);
    assertThat(file.tensors().getFirst().sizeInBytes()).isEqualTo(3 * 144);
    assertThat(GgmlType.Q4_K.isQuantized()).isTrue();
    assertThat(GgmlType.BF16.isQuantized()).isFalse();
  }

  @Test
  void versionTwoIsReadToo() {
    byte[] bytes = TinyModel.defaults().gguf().toByteArray();
    bytes[GgufWriter.VERSION_OFFSET] = 2;

    assertThat(GgufFiles.read(directory, bytes).version()).isEqualTo(2);
  }

  @Test
  void anInterruptedThreadReadsToo() {
    Thread.currentThread().interrupt();
    try {
      assertThat(GgufFile.read(TinyModel.defaultPath()).version()).isEqualTo(3);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void whatIsReadCannotBeChanged() {
    GgufFile file = GgufFile.read(TinyModel.defaultPath());
    assertThatThrownBy(() -> file.metadata().clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> file.tensors().clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> file.tensors().getFirst().dimensions().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  private GgufFile read(GgufWriter writer) {
    return GgufFiles.read(directory, writer.toByteArray());
  }

  private static GgufArray array(GgufFile file, String key) {
    return (GgufArray) file.metadata().get(key);
  }
}
