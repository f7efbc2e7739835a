package dev.llamastream.soak;

import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.fixture.TinyModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Small models, broken in the way that a seed tells. */
final class GgufMutation {

  private static final long[] EXTREMES = {
    0,
    1,
    2,
    3,
    7,
    31,
    32,
    33,
    63,
    64,
    65,
    127,
    128,
    255,
    256,
    257,
    511,
    512,
    4_095,
    65_535,
    65_536,
    0x7fff_ffffL,
    0x8000_0000L,
    0xffff_ffffL,
    0x1_0000_0000L,
    1L << 40,
    1L << 61,
    1L << 62,
    Long.MAX_VALUE,
    Long.MAX_VALUE - 31,
    Long.MIN_VALUE,
    -1,
    -2,
    -31,
    -32,
    // as floats: NaN, the infinities, the smallest and the largest
    0x7fc0_0000L,
    0x7f80_0000L,
    0xff80_0000L,
    1,
    0x7f7f_ffffL
  };

  /** The first take the tensors and the metadata that a tiny model has. */
  private static final List<String> ARCHITECTURES =
      List.of(
          "llama",
          "minicpm",
          "smollm3",
          "qwen2",
          "qwen3",
          "gemma",
          "granite",
          "arcee",
          "baichuan",
          "internlm2",
          "xverse",
          "stablelm",
          "olmo",
          "phi3",
          "gpt2",
          "mamba",
          "bert",
          "t5");

  private static final int LOADABLE = 5;

  /** A number in the file. */
  private record Field(int offset, int width) {}

  /**
   * A whole file.
   *
   * @param layout lengths, counts, types of values: where one is wrong, all behind it is
   * @param values what the metadata says, and the tensors' dimensions, types and offsets
   * @param end where the header ends
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  private record Base(byte[] bytes, List<Field> layout, List<Field> values, int end) {
    static Base of(byte[] bytes) {
      Walk walk = new Walk(bytes);
      walk.file();
      return new Base(bytes, walk.layout, walk.values, walk.in.position());
    }
  }

  private final List<Base> bases =
      Stream.concat(
              Stream.of(
                  ScriptedModel.of("Hello", ",", " wor", "ld", "!").gguf(),
                  TinyModel.defaults().withPieces("wo", "rd", "👩").gguf()),
              ARCHITECTURES.stream()
                  .map(name -> TinyModel.defaults().withArchitecture(name).gguf()))
          .map(gguf -> Base.of(gguf.toByteArray()))
          .toList();

  /** Of the whole files, all that comes before the tensors' data. */
  List<byte[]> headers() {
    return bases.stream().map(base -> Arrays.copyOf(base.bytes(), base.end())).toList();
  }

  /** The file of a seed. */
  byte[] bytes(long seed) {
    Random random = new Random(seed);
    // most are of an architecture that loads
    Base base = bases.get(random.nextInt(random.nextInt(4) == 0 ? bases.size() : LOADABLE));
    byte[] bytes = base.bytes().clone();
    int times = 1 + random.nextInt(4) / 2;
    for (int i = 0; i < times; i++) {
      bytes = mutate(bytes, base, random);
    }
    return bytes;
  }

  private static byte[] mutate(byte[] bytes, Base base, Random random) {
    if (bytes.length == 0) {
      return bytes;
    }
    int header = Math.min(base.end(), bytes.length);
    switch (random.nextInt(16)) {
      case 0, 1 -> flip(bytes, header, random);
      case 2 -> flip(bytes, bytes.length, random);
      case 3 -> {
        return Arrays.copyOf(bytes, random.nextInt(random.nextBoolean() ? header : bytes.length));
      }
      case 4 -> {
        int at = random.nextInt(header);
        byte[] noise = new byte[Math.min(1 + random.nextInt(16), bytes.length - at)];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, bytes, at, noise.length);
      }
      case 5 -> {
        return moved(bytes, random.nextInt(header), random.nextInt(64) - 32);
      }
      case 6, 7 -> set(bytes, base.layout(), random);
      default -> set(bytes, base.values(), random);
    }
    return bytes;
  }

  private static void flip(byte[] bytes, int end, Random random) {
    for (int i = random.nextInt(8); i >= 0; i--) {
      bytes[random.nextInt(end)] ^= (byte) (1 << random.nextInt(8));
    }
  }

  /** With so many bytes more, or less, at some place. */
  private static byte[] moved(byte[] bytes, int at, int by) {
    byte[] result = Arrays.copyOf(bytes, Math.max(at, bytes.length + by));
    int from = Math.max(0, by);
    int left = Math.min(bytes.length - at + Math.min(0, by), result.length - at - from);
    if (left > 0) {
      System.arraycopy(bytes, at - Math.min(0, by), result, at + from, left);
    }
    return result;
  }

  private static void set(byte[] bytes, List<Field> fields, Random random) {
    Field field = fields.get(random.nextInt(fields.size()));
    if (field.offset() + field.width() > bytes.length) {
      return; // truncated before
    }
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long old = 0;
    for (int i = field.width() - 1; i >= 0; i--) {
      old = (old << 8) | (file.get(field.offset() + i) & 0xff);
    }
    long value =
        switch (random.nextInt(8)) {
          case 0 -> old + 1;
          case 1 -> old - 1;
          case 2 -> old * 2;
          case 3 -> old / 2;
          case 4 -> -old;
          default -> EXTREMES[random.nextInt(EXTREMES.length)];
        };
    for (int i = 0; i < field.width(); i++) {
      file.put(field.offset() + i, (byte) (value >>> (8 * i)));
    }
  }

  /** Finds the numbers of a file that is whole. */
  private static final class Walk {
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    private static final int[] WIDTHS = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

    /** Of an array of thousands, so many elements can stand for all. */
    private static final int MAX_ELEMENTS = 20;

    private final ByteBuffer in;
    private final List<Field> layout = new ArrayList<>();
    private final List<Field> values = new ArrayList<>();

    Walk(byte[] bytes) {
      in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    void file() {
      in.position(4);
      number(4, layout);
      long tensors = number(8, layout);
      long entries = number(8, layout);
      for (long i = 0; i < entries; i++) {
        string();
        value((int) number(4, layout));
      }
      for (long i = 0; i < tensors; i++) {
        string();
        long dimensions = number(4, layout);
        for (long d = 0; d < dimensions; d++) {
          number(8, values);
        }
        number(4, values);
        number(8, values);
      }
    }

    private void value(int type) {
      if (type == STRING) {
        string();
      } else if (type == ARRAY) {
        int elementType = (int) number(4, layout);
        long count = number(8, layout);
        int lengths = layout.size();
        int numbers = values.size();
        for (long i = 0; i < count; i++) {
          value(elementType);
        }
        cut(layout, lengths + MAX_ELEMENTS);
        cut(values, numbers + MAX_ELEMENTS);
      } else {
        number(WIDTHS[type], values);
      }
    }

    private static void cut(List<Field> fields, int size) {
      if (fields.size() > size) {
        fields.subList(size, fields.size()).clear();
      }
    }

    private void string() {
      long length = number(8, layout);
      in.position((int) (in.position() + length));
    }

    private long number(int width, List<Field> fields) {
      fields.add(new Field(in.position(), width));
      return switch (width) {
        case 1 -> in.get();
        case 2 -> in.getShort();
        case 4 -> in.getInt();
        default -> in.getLong();
      };
    }
  }
}
