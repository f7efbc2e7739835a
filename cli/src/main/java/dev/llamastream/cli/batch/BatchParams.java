package dev.llamastream.cli.batch;

import java.time.Duration;

/**
 * How lines are done.
 *
 * @param seeds for lines that have none
 * @param embed whether plain lines are texts to embed
 * @param inOrder whether answers are written in the order of the input
 * @param window how many lines are in work together
 * @param timeout for one line; zero for none
 * @param retries how often a line is tried again after an error that may pass
 */
public record BatchParams(
    LineSeeds seeds, boolean embed, boolean inOrder, int window, Duration timeout, int retries) {}
