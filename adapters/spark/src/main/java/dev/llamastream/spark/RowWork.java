package dev.llamastream.spark;

import org.jspecify.annotations.Nullable;

/** The work on one row, which the engine does by itself. */
interface RowWork {

  /**
   * Takes what is there. For the task's thread.
   *
   * @param ready called from any thread when there may be more, after an answer of null
   * @return the answer; null if it is not complete
   * @throws dev.llamastream.GenerationException if the generation failed
   */
  @Nullable RowAnswer poll(Runnable ready);

  /** Whether the engine has done its part. */
  boolean ended();

  /** Ends the work before the next decode. Any thread may call it. */
  void cancel();

  /** What is done already. */
  record Done(RowAnswer answer) implements RowWork {

    @Override
    public RowAnswer poll(Runnable ready) {
      return answer;
    }

    @Override
    public boolean ended() {
      return true;
    }

    @Override
    public void cancel() {}
  }
}
