package dev.llamastream.soak;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;

/**
 * What Jazzer calls with each header that it makes up, guided by what the checks in Java have run.
 */
public final class GgufFuzzTarget {

  /** Stays when the JVM dies. */
  static final Path FILE = Path.of("target", "soak", "jazzer.gguf");

  private static final int ALIGNMENT = 32;

  /** For any tensor: finite numbers, whether they are read as F16 or as F32. */
  private static final byte[] DATA = data(300_000);

  private static final Map<GgufFuzz.Outcome, Integer> OUTCOMES =
      new EnumMap<>(GgufFuzz.Outcome.class);

  private GgufFuzzTarget() {}

  /** Whatever this throws is a finding. */
  public static void fuzzerTestOneInput(byte[] header) throws IOException {
    try (OutputStream out = Files.newOutputStream(FILE)) {
      out.write(header);
      out.write(new byte[-header.length & (ALIGNMENT - 1)]);
      out.write(DATA);
    }
    OUTCOMES.merge(GgufFuzz.use(FILE, header.length % 2 == 0), 1, Integer::sum);
  }

  /** At the end of the run. */
  public static void fuzzerTearDown() {
    System.out.println("total " + OUTCOMES);
  }

  private static byte[] data(int bytes) {
    Random random = new Random(1);
    ByteBuffer data = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (data.hasRemaining()) {
      data.putShort(Float.floatToFloat16(random.nextFloat() - 0.5f));
    }
    return data.array();
  }
}
