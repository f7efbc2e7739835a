package dev.llamastream.engine;

import dev.llamastream.GenerationException;
import dev.llamastream.Token;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one step sampled for a stream.
 *
 * @param job the stream
 * @param tokens the tokens in order; after a failure, those before it
 * @param failure why sampling failed; null if it did not
 */
record Sampled(StreamJob job, List<Token> tokens, @Nullable GenerationException failure) {}
