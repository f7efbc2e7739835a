package dev.llamastream.server.internal.embeddings;

import java.util.List;

/**
 * The embeddings of a request's inputs.
 *
 * @param vectors in the order of the inputs
 * @param tokens how many the inputs have together
 */
public record Embedded(List<float[]> vectors, int tokens) {}
