package dev.llamastream.cli.batch;

import org.jspecify.annotations.Nullable;

/**
 * What a line asks for.
 *
 * @param line the number of the line
 * @param crc the CRC-32C of its bytes
 * @param form what the output line looks like
 * @param id the line's own id, as JSON; null if it has none
 * @param path the route that answers it
 * @param body its request, as JSON
 * @param failure null if it can be asked
 */
record Item(
    int line,
    int crc,
    Form form,
    @Nullable String id,
    String path,
    String body,
    @Nullable Failure failure) {

  /** The forms of lines. */
  enum Form {
    /** A line of OpenAI's batch files, named by its {@code custom_id}. */
    OPENAI,
    /** A prompt or messages. */
    PLAIN,
    /** A text to embed. */
    EMBEDDING
  }

  /** A line that cannot be asked. */
  static Item failed(InputLine line, Form form, @Nullable String id, Failure failure) {
    return new Item(line.number(), line.crc(), form, id, "", "", failure);
  }
}
