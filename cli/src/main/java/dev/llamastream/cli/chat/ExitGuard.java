package dev.llamastream.cli.chat;

/** What happens when the process is told to end in the middle of an answer. */
@FunctionalInterface
public interface ExitGuard {

  /** Until the result is closed, the exiting process calls {@code stop} and waits for the close. */
  Guard stopWith(Runnable stop);
}
