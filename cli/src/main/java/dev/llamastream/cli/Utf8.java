package dev.llamastream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Decodes external text as UTF-8. */
public final class Utf8 {

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private Utf8() {}

  /**
   * Reads a file like {@link #decode}.
   *
   * @param what the name of the text, for the error message
   * @throws IOException if it cannot be read, or is not UTF-8
   */
  static String read(String what, Path file) throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IOException(what + " cannot be read: " + e, e);
    }
    return decode(what, bytes);
  }

  /**
   * Decodes a text and drops a byte order mark.
   *
   * @param what the name of the text, for the error message
   * @throws IOException if the bytes are not valid UTF-8
   */
  public static String decode(String what, byte[] bytes) throws IOException {
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new IOException(what + ": not UTF-8", e);
    }
  }
}
