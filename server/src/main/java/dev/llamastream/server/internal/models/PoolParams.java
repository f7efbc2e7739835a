package dev.llamastream.server.internal.models;

import java.time.Duration;

/**
 * Settings of a {@link ModelPool}.
 *
 * @param budget the bytes that all models in memory may take together
 * @param idleUnload after how much time without use a model is unloaded; zero for never
 * @param maxStreams how many streams of each model may be open
 */
public record PoolParams(long budget, Duration idleUnload, int maxStreams) {}
