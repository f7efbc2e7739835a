package dev.llamastream.spark;

/**
 * What a row asks.
 *
 * @param key of which its seed is made
 */
record RowInput(String text, String key) {}
