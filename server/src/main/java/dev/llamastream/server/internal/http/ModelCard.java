package dev.llamastream.server.internal.http;

import dev.llamastream.ModelInfo;
import java.time.Instant;
import java.util.List;

/**
 * What the listings of all forms say about a model. Listing a model does not load it.
 *
 * @param name what requests call it
 * @param aliases other names that requests may use
 * @param info its description of itself; from the file's header if the model was never loaded
 * @param facts what else the file says
 * @param contextSize room for the tokens of one stream; 0 while the model is not loaded
 * @param created when this server began to offer it
 * @param loaded whether it is in memory
 */
public record ModelCard(
    String name,
    List<String> aliases,
    ModelInfo info,
    ModelFacts facts,
    int contextSize,
    Instant created,
    boolean loaded) {}
