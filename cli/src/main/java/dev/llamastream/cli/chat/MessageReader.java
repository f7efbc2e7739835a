package dev.llamastream.cli.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads messages from a file or a pipe. There each line is a message: no line is a command. */
final class MessageReader {

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final BufferedReader lines;
  private boolean first = true;

  MessageReader(InputStream in) {
    // a decoder that refuses what is not UTF-8
    lines = new BufferedReader(new InputStreamReader(in, UTF_8.newDecoder()));
  }

  /**
   * The next message; empty at the end.
   *
   * @throws IOException if the input cannot be read, or is not UTF-8
   */
  Optional<String> next() throws IOException {
    String line = line();
    if (line == null) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder(line);
    while (true) {
      boolean inBlock = TypedText.isOpenBlock(text.toString());
      boolean continues = !inBlock && TypedText.continues(text.toString());
      if (continues) {
        text.setLength(text.length() - 1);
      }
      String more = inBlock || continues ? line() : null;
      if (more == null) {
        return Optional.of(TypedText.message(text.toString()).text());
      }
      text.append('\n').append(more);
    }
  }

  private @Nullable String line() throws IOException {
    try {
      String line = lines.readLine();
      boolean marked = first && line != null && line.indexOf(BYTE_ORDER_MARK) == 0;
      first = false;
      return marked && line != null ? line.substring(1) : line;
    } catch (CharacterCodingException e) {
      throw new IOException("standard input: not UTF-8", e);
    }
  }
}
