package dev.llamastream.server.internal.net;

import java.time.Duration;

/**
 * What a connection may do.
 *
 * @param connections how many may be open
 * @param messageBytes how many bytes a message of a WebSocket may have
 * @param headerTimeout how long a request's head may take
 * @param idleTimeout how long one may stay open without a request
 * @param stallTimeout how long its peer may take nothing of what waits for it
 */
public record ConnectionLimits(
    int connections,
    int messageBytes,
    Duration headerTimeout,
    Duration idleTimeout,
    Duration stallTimeout) {}
