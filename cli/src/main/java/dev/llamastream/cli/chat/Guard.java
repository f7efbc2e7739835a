package dev.llamastream.cli.chat;

/** Something that lasts until it is closed. */
public interface Guard extends AutoCloseable {

  @Override
  void close();
}
