package dev.llamastream.cli.batch;

import java.io.IOException;

/** Where answers go. Not thread-safe. */
interface Output extends AutoCloseable {

  /** Writes a line, whole or not at all. */
  void write(int line, String text) throws IOException;

  /** Whether lines may come in another order: {@link #finish} restores it, or a later run does. */
  boolean canReorder();

  /** Called after the last line of a run that was not stopped. */
  default void finish() throws IOException {}

  @Override
  void close() throws IOException;
}
