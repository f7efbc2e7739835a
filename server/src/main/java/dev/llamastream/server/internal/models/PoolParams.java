package dev.llamastream.server.internal.models;

import java.time.Duration;

/**
 * Settings of a {@link ModelPool}.
 *
 * @param budget the bytes that all models in memory may take together
 * @param idleUnload after how much time without use a model is unloaded; zero for never
 * @param minStay how long a model is kept although others wait for its memory
 * @param maxStreams how many streams of each model may be open
 */
public record PoolParams(long budget, Duration idleUnload, Duration minStay, int maxStreams) {}
