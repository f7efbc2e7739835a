package dev.llamastream.internal.events;

import dev.llamastream.StreamStats;
import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A stream, from its start to its end. */
@Name("dev.llamastream.Generation")
@Label("Generation")
@Category("llamastream")
@StackTrace(false)
public final class GenerationEvent extends Event {

  @Label("Prompt Tokens")
  int promptTokens;

  @Label("Cached Prompt Tokens")
  int cachedPromptTokens;

  @Label("Generated Tokens")
  int generatedTokens;

  @Label("Time to First Token")
  @Timespan
  long timeToFirstToken;

  @Label("Tokens per Second")
  double tokensPerSecond;

  @Label("Finish Reason")
  String finishReason = "";

  /** The stream has ended. */
  public void ended(StreamStats stats) {
    promptTokens = stats.promptTokens();
    cachedPromptTokens = stats.cachedPromptTokens();
    generatedTokens = stats.generatedTokens();
    timeToFirstToken = stats.timeToFirstToken().toNanos();
    tokensPerSecond = stats.tokensPerSecond();
    finishReason = stats.finishReason().map(Enum::name).orElse("");
    commit();
  }
}
