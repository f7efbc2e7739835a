package dev.llamastream.internal.prompt;

/**
 * Identifies what cells of the KV cache were computed with, apart from the tokens. A prompt may
 * only reuse cells with an equal key. Everything else that changes the keys and values of a token
 * must be part of it.
 *
 * @param model identifies the model
 */
public record CacheKey(String model) {}
