package dev.llamastream.cli;

/** The signal of Ctrl+C, in tests. */
final class Sigint {

  private Sigint() {}

  /** A build in the background of a shell ignores SIGINT, and so would what it starts. */
  static void letChildrenReceiveIt() {
    Signals.endAtOnce();
  }
}
