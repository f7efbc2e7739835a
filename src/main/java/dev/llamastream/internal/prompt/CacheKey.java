package dev.llamastream.internal.prompt;

/**
 * What cells of the KV cache were computed with, apart from the tokens. A prompt may only reuse
 * cells of an equal key. Whatever else changes the keys and values of a token belongs into it.
 *
 * @param model tells one model from another
 */
public record CacheKey(String model) {}
