package dev.llamastream.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The prefill of a prompt, from when its stream could start to its first output. */
@Name("dev.llamastream.Prefill")
@Label("Prefill")
@Category("llamastream")
@StackTrace(false)
public final class PrefillEvent extends Event {

  @Label("Prompt Tokens")
  int promptTokens;

  @Label("Cached Prompt Tokens")
  int cachedPromptTokens;

  /** The prompt is in the KV cache. */
  public void prefilled(int tokens, int cached) {
    promptTokens = tokens;
    cachedPromptTokens = cached;
    commit();
  }
}
