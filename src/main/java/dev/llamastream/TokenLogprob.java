package dev.llamastream;

/**
 * How probable a token is under the model.
 *
 * @param id the token's number in the vocabulary
 * @param logprob the natural logarithm of its probability: the softmax of the raw logits, before
 *     any sampler
 * @since 0.1.0
 */
public record TokenLogprob(int id, float logprob) {}
