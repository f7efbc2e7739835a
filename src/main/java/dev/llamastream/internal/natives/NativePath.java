package dev.llamastream.internal.natives;

import static dev.llamastream.internal.bindings.LibLlama.C_CHAR;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;

/**
 * Paths as native code takes them. On Windows they are UTF-8. Elsewhere a name is bytes, which Java
 * converts from and to text as the user's locale says: native code gets the bytes.
 */
public final class NativePath {

  /** The longest that Windows takes without a prefix, less what may be appended. */
  private static final int LONGEST = 240;

  private NativePath() {}

  /** The path as a C string. */
  public static MemorySegment allocate(Arena arena, Path path) {
    if (!path.getFileSystem().equals(FileSystems.getDefault())) {
      return arena.allocateFrom(path.toString());
    }
    if (File.separatorChar == '\\') {
      return arena.allocateFrom(windows(path.toAbsolutePath().normalize().toString()));
    }
    byte[] bytes = unescaped(path.toUri().getRawPath());
    MemorySegment string = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, string, C_CHAR, 0, bytes.length);
    return string;
  }

  /** An absolute path of Windows, with the prefix that long ones need. */
  static String windows(String path) {
    if (path.length() < LONGEST || path.startsWith("\\\\?\\")) {
      return path;
    }
    return path.startsWith("\\\\") ? "\\\\?\\UNC\\" + path.substring(2) : "\\\\?\\" + path;
  }

  /** The bytes of a URI's path. */
  static byte[] unescaped(String raw) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) == '%') {
        bytes.write(Integer.parseInt(raw, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.writeBytes(raw.substring(i, i + 1).getBytes(StandardCharsets.US_ASCII));
      }
    }
    return bytes.toByteArray();
  }
}
