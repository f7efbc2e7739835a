package dev.llamastream.server.internal.net;

import java.time.Duration;

/**
 * Limits of connections.
 *
 * @param connections the maximum number of open connections
 * @param messageBytes the maximum size of a WebSocket message in bytes
 * @param headerTimeout the timeout for receiving a request's head
 * @param idleTimeout how long a connection may stay open without a request
 * @param stallTimeout how long a client may leave pending data unread
 */
public record ConnectionLimits(
    int connections,
    int messageBytes,
    Duration headerTimeout,
    Duration idleTimeout,
    Duration stallTimeout) {}
