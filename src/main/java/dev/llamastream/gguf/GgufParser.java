package dev.llamastream.gguf;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.ModelLoadException;
import dev.llamastream.gguf.GgufValue.IntegerValue;
import dev.llamastream.gguf.GgufValue.StringValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Reads a file up to the end of its tensor table, and refuses what is not GGUF. Allocates no more
 * memory than the file has bytes for.
 */
final class GgufParser {

  /**
   * The maximum size of metadata and tensor table in bytes, which must fit into the heap: five
   * times the largest known.
   */
  private static final int MAX_BYTES = 1 << 28;

  /** In bytes; from the specification. */
  private static final int MAX_KEY_LENGTH = (1 << 16) - 1;

  /** In bytes; ggml's GGML_MAX_NAME without the zero byte. */
  private static final int MAX_TENSOR_NAME_LENGTH = 63;

  /** GGML_MAX_DIMS. */
  private static final int MAX_DIMENSIONS = 4;

  /**
   * Arrays of arrays do not occur and llama.cpp refuses them, but the specification allows them.
   */
  private static final int MAX_ARRAY_DEPTH = 4;

  /** A key of one byte and a value of one byte. */
  private static final int MIN_ENTRY_BYTES = 8 + 1 + 4 + 1;

  /** An entry without name and dimensions. */
  private static final int MIN_TENSOR_BYTES = 8 + 4 + 4 + 8;

  private static final int DEFAULT_ALIGNMENT = 32;
  private static final String ALIGNMENT_KEY = "general.alignment";

  private final Path path;
  private final GgufInput input;

  GgufParser(Path path, long size, InputStream stream) {
    this.path = path;
    this.input = new GgufInput(path, size, stream);
  }

  GgufFile parse() throws IOException {
    checkMagic();
    int version = version();
    long tensorCount = input.i64();
    int metadataCount = count("metadata entries", input.i64(), MIN_ENTRY_BYTES);
    int tensors = count("tensors", tensorCount, MIN_TENSOR_BYTES);
    Map<String, GgufValue> metadata = metadata(metadataCount);
    long alignment = alignment(metadata);
    List<GgufTensor> table = tensorTable(tensors, alignment);
    String hash = input.hash();
    return new GgufFile(
        path, version, input.size(), alignment, metadata, placed(table, alignment), hash);
  }

  private void checkMagic() throws IOException {
    byte[] magic = new byte[(int) Math.min(4, input.size())];
    input.read(magic, 0, magic.length);
    if (!Arrays.equals(magic, new byte[] {'G', 'G', 'U', 'F'})) {
      throw new ModelLoadException(
          path
              + ": not a GGUF file: "
              + (magic.length == 0
                  ? "it is empty"
                  : "it begins with " + GgufInput.quoted(new String(magic, ISO_8859_1))));
    }
  }

  private int version() throws IOException {
    long version = input.u32();
    if (version == 2 || version == 3) {
      return (int) version;
    }
    // gguf.cpp detects it by the same bits
    boolean bigEndian = version != 0 && (version & 0xffff) == 0;
    throw input.failure(
        bigEndian
            ? "it is big-endian, and has to be converted to little-endian"
            : String.format(Locale.ROOT, "GGUF version %d, must be 2 or 3", version));
  }

  private Map<String, GgufValue> metadata(int count) throws IOException {
    Map<String, GgufValue> metadata = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      input.enter("metadata entry", "");
      input.enterElement(i);
      String key = name(MAX_KEY_LENGTH);
      if (key.isEmpty()) {
        throw input.failure("its key is empty");
      }
      input.enter("metadata", key);
      if (metadata.put(key, value()) != null) {
        throw input.failure("the key is there twice");
      }
    }
    return metadata;
  }

  private GgufValue value() throws IOException {
    GgufType type = type();
    return switch (type) {
      case STRING -> new StringValue(new String(text(), UTF_8));
      case ARRAY -> array(1);
      default -> numbers(type, 1).get(0);
    };
  }

  private GgufType type() throws IOException {
    long number = input.u32();
    GgufType type = GgufType.of(number);
    if (type == null) {
      throw input.failure(String.format(Locale.ROOT, "value type %d, must be in [0, 12]", number));
    }
    return type;
  }

  private GgufArray array(int depth) throws IOException {
    if (depth > MAX_ARRAY_DEPTH) {
      throw input.failure(
          String.format(Locale.ROOT, "more than %d arrays in each other", MAX_ARRAY_DEPTH));
    }
    GgufType elementType = type();
    long size = input.i64();
    return switch (elementType) {
      case STRING -> texts(count("texts", size, Long.BYTES));
      case ARRAY -> {
        List<GgufArray> arrays = new ArrayList<>();
        for (int i = count("arrays", size, Integer.BYTES + Long.BYTES); i > 0; i--) {
          arrays.add(array(depth + 1));
        }
        yield GgufArray.ofArrays(arrays);
      }
      default -> numbers(elementType, count("elements", size, elementType.bytes()));
    };
  }

  private GgufArray numbers(GgufType type, int size) throws IOException {
    byte[] data = new byte[size * type.bytes()];
    input.read(data, 0, data.length);
    return GgufArray.ofNumbers(type, size, data);
  }

  private GgufArray texts(int size) throws IOException {
    int[] ends = new int[size];
    byte[] data = new byte[size * Long.BYTES];
    int end = 0;
    for (int i = 0; i < size; i++) {
      input.enterElement(i);
      int length = textLength();
      if (length > data.length - end) {
        data = Arrays.copyOf(data, Math.max(2 * data.length, end + length));
      }
      input.read(data, end, length);
      end += length;
      ends[i] = end;
    }
    return GgufArray.ofTexts(Arrays.copyOf(data, end), ends);
  }

  private byte[] text() throws IOException {
    byte[] text = new byte[textLength()];
    input.read(text, 0, text.length);
    return text;
  }

  private int textLength() throws IOException {
    return count("bytes of text", input.i64(), 1);
  }

  /** Reads a text that identifies something. C compares it only up to a zero byte. */
  private String name(int maxLength) throws IOException {
    byte[] text = text();
    if (text.length > maxLength) {
      throw input.failure(
          String.format(
              Locale.ROOT, "a name of %d bytes, must be at most %d", text.length, maxLength));
    }
    try {
      String name = UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
      if (name.indexOf(0) < 0) {
        return name;
      }
    } catch (CharacterCodingException e) {
      // refused, like a name with a zero byte
    }
    throw input.failure(
        String.format(
            Locale.ROOT, "the name %s is no text", GgufInput.quoted(new String(text, ISO_8859_1))));
  }

  /** Checks a number of items against the bytes that the file can have for them. */
  private int count(String things, long count, int bytesEach) {
    if (count < 0 || count > input.remaining() / bytesEach) {
      throw input.failure(
          String.format(
              Locale.ROOT,
              "%s %s, but the file has only %d more bytes",
              Long.toUnsignedString(count),
              things,
              input.remaining()));
    }
    if (count * bytesEach > MAX_BYTES - input.position()) {
      throw input.failure(
          String.format(
              Locale.ROOT,
              "%d %s, but metadata and tensor table may have %d bytes at most",
              count,
              things,
              MAX_BYTES));
    }
    return (int) count;
  }

  private long alignment(Map<String, GgufValue> metadata) {
    GgufValue value = metadata.get(ALIGNMENT_KEY);
    if (value == null) {
      return DEFAULT_ALIGNMENT;
    }
    input.enter("metadata", ALIGNMENT_KEY);
    if (value instanceof IntegerValue(GgufType type, long alignment)
        && type == GgufType.UINT32
        && Long.bitCount(alignment) == 1) {
      return alignment;
    }
    throw input.failure(
        String.format(
            Locale.ROOT,
            "%s of type %s, must be a power of two of type UINT32",
            value,
            value.type()));
  }

  /** Reads the tensors, with offsets relative to the data of the first. */
  private List<GgufTensor> tensorTable(int count, long alignment) throws IOException {
    List<GgufTensor> tensors = new ArrayList<>(count);
    Set<String> names = new HashSet<>();
    long end = 0;
    for (int i = 0; i < count; i++) {
      input.enter("tensor", "");
      input.enterElement(i);
      String name = name(MAX_TENSOR_NAME_LENGTH);
      input.enter("tensor", name);
      if (!names.add(name)) {
        throw input.failure("the name is there twice");
      }
      List<Long> dimensions = dimensions();
      GgmlType type = ggmlType();
      GgufTensor tensor = new GgufTensor(name, type, dimensions, input.i64());
      // gguf.cpp requires the data in the order of the table, without gaps
      if (tensor.offset() != end) {
        throw input.failure(
            String.format(
                Locale.ROOT,
                "its data is at offset %s of all data, must be at %d",
                Long.toUnsignedString(tensor.offset()),
                end));
      }
      end = aligned(end, sizeInBytes(tensor), alignment);
      tensors.add(tensor);
    }
    return tensors;
  }

  private List<Long> dimensions() throws IOException {
    long count = input.u32();
    if (count > MAX_DIMENSIONS) {
      throw input.failure(
          String.format(Locale.ROOT, "%d dimensions, must be at most %d", count, MAX_DIMENSIONS));
    }
    List<Long> dimensions = new ArrayList<>((int) count);
    for (int i = 0; i < count; i++) {
      long dimension = input.i64();
      if (dimension < 0) {
        throw input.failure(
            String.format(
                Locale.ROOT,
                "dimension %d is %s, must be below 2^63",
                i,
                Long.toUnsignedString(dimension)));
      }
      dimensions.add(dimension);
    }
    return dimensions;
  }

  private GgmlType ggmlType() throws IOException {
    long number = input.u32();
    GgmlType type = GgmlType.of(number);
    if (type == null) {
      throw input.failure(String.format(Locale.ROOT, "unknown tensor type %d", number));
    }
    return type;
  }

  private long sizeInBytes(GgufTensor tensor) {
    List<Long> dimensions = tensor.dimensions();
    long rowLength = dimensions.isEmpty() ? 1 : dimensions.getFirst();
    if (rowLength % tensor.type().blockSize() != 0) {
      throw input.failure(
          String.format(
              Locale.ROOT,
              "rows of %d elements, must be a multiple of %d for type %s",
              rowLength,
              tensor.type().blockSize(),
              tensor.type()));
    }
    try {
      return tensor.sizeInBytes();
    } catch (ArithmeticException e) {
      throw input.failure(
          String.format(Locale.ROOT, "dimensions %s: too many elements", dimensions));
    }
  }

  private long aligned(long offset, long size, long alignment) {
    try {
      return Math.addExact(Math.addExact(offset, size), alignment - 1) & -alignment;
    } catch (ArithmeticException e) {
      throw input.failure(
          String.format(Locale.ROOT, "%d bytes at offset %d: too many", size, offset));
    }
  }

  /** The tensors, with offsets relative to the beginning of the file. */
  private List<GgufTensor> placed(List<GgufTensor> table, long alignment) {
    long begin = aligned(input.position(), 0, alignment);
    List<GgufTensor> placed = new ArrayList<>(table.size());
    for (GgufTensor tensor : table) {
      long size = tensor.sizeInBytes();
      if (size > input.size() - begin - tensor.offset()) {
        input.enter("tensor", tensor.name());
        throw input.failure(
            String.format(
                Locale.ROOT,
                "its data goes to byte %d of a file of %d: the file is incomplete",
                begin + tensor.offset() + size,
                input.size()),
            begin + tensor.offset());
      }
      placed.add(
          new GgufTensor(
              tensor.name(), tensor.type(), tensor.dimensions(), begin + tensor.offset()));
    }
    return placed;
  }
}
