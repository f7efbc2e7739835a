package dev.llamastream.server.internal.http;

import dev.llamastream.ModelInfo;
import java.time.Instant;

/**
 * What the listings of all forms say about a model. To know it, no model is loaded.
 *
 * @param name what requests call it
 * @param info its description of itself
 * @param contextSize room for the tokens of one stream; 0 while the model is not loaded
 * @param created when this server began to offer it
 * @param loaded whether it is in memory
 */
public record ModelCard(
    String name, ModelInfo info, int contextSize, Instant created, boolean loaded) {}
