package dev.llamastream.internal.generation;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Decodes UTF-8 that arrives in pieces, which may end inside a character. */
final class Utf8Text {

  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  // in fill mode; between calls it holds the bytes of at most one incomplete character
  private ByteBuffer in = ByteBuffer.allocate(256);
  private CharBuffer out = CharBuffer.allocate(256);

  /** Appends every complete character. Bytes that are not UTF-8 become U+FFFD. */
  void decode(byte[] bytes, int length, StringBuilder text) {
    if (in.remaining() < length) {
      in = ByteBuffer.allocate(in.position() + length).put(in.flip());
      out = CharBuffer.allocate(in.capacity());
    }
    in.put(bytes, 0, length).flip();
    // never more characters than bytes, so one pass suffices
    decoder.decode(in, out, false);
    in.compact();
    text.append(out.flip());
    out.clear();
  }

  /** Appends U+FFFD for a character that will never be completed. */
  void end(StringBuilder text) {
    in.flip();
    decoder.decode(in, out, true);
    decoder.flush(out);
    in.clear();
    text.append(out.flip());
    out.clear();
  }
}
