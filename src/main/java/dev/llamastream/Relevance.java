package dev.llamastream;

/**
 * How well a document answers a query, as a {@link Reranker} sees it.
 *
 * @param score the higher, the better; its range is the model's own
 * @param tokens the number of tokens that were computed: of the query, the document, and those that
 *     the model adds
 * @since 0.1.0
 */
public record Relevance(float score, int tokens) {}
