package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.internal.Check;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** The values of {@link GenerationRequest} and their checks. */
record GenerationRequestValues(
    Prompt prompt,
    int maxTokens,
    SamplerParams sampler,
    List<String> stopSequences,
    Duration timeout,
    boolean echo,
    boolean reusePrefix,
    boolean logprobs,
    int topLogprobs,
    boolean scorePrompt,
    boolean collectTokens,
    int priority,
    Speculation speculation) {

  private static final Duration MAX_TIMEOUT = Duration.ofDays(36_500);

  GenerationRequestValues {
    requireNonNull(prompt, "prompt");
    Check.range("maxTokens", maxTokens, 0, Integer.MAX_VALUE);
    requireNonNull(sampler, "sampler");
    stopSequences = Check.listOf("stopSequences", stopSequences);
    Check.range("stopSequences", stopSequences.size(), 0, 100);
    for (String stop : stopSequences) {
      Check.range("stopSequences", "length", stop.length(), 1, 10_000);
      if (!StandardCharsets.UTF_8.newEncoder().canEncode(stop)) {
        throw new InvalidValueException(
            "stopSequences", "has half a surrogate pair, must be whole characters");
      }
    }
    Check.range("topLogprobs", topLogprobs, 0, 1_000);
    if (scorePrompt && echo) {
      throw new InvalidValueException("scorePrompt", "not together with echo");
    }
    requireNonNull(speculation, "speculation");
    requireNonNull(timeout, "timeout");
    if (timeout.isNegative() || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw Check.outOfRange("timeout", timeout, "[0, 36500 days]");
    }
  }
}
