package dev.llamastream.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The model ran once over a batch. */
@Name("dev.llamastream.Decode")
@Label("Decode")
@Category("llamastream")
@StackTrace(false)
public final class DecodeEvent extends Event {

  @Label("Prompt Tokens")
  int promptTokens;

  @Label("Streams")
  int streams;

  @Label("Slots")
  int slots;

  @Label("Threads")
  int threads;

  /**
   * The run computed {@code prompt} prompt tokens, and one token for each of {@code running}
   * streams, with {@code byThreads} threads.
   */
  public void decoded(int prompt, int running, int ofSlots, int byThreads) {
    promptTokens = prompt;
    streams = running;
    slots = ofSlots;
    threads = byThreads;
    commit();
  }
}
