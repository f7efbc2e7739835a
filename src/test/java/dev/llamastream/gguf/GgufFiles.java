package dev.llamastream.gguf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of given bytes. */
final class GgufFiles {

  private GgufFiles() {}

  static Path write(Path directory, byte[] bytes) {
    try {
      return Files.write(directory.resolve("model.gguf"), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static GgufFile read(Path directory, byte[] bytes) {
    return GgufFile.read(write(directory, bytes));
  }

  static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
