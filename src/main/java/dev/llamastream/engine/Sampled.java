package dev.llamastream.engine;

import dev.llamastream.GenerationException;
import dev.llamastream.Token;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was sampled for a stream in one step.
 *
 * @param job whose
 * @param tokens in their order; what came before the failure, if it failed
 * @param failure why it failed, if so
 */
record Sampled(StreamJob job, List<Token> tokens, @Nullable GenerationException failure) {}
