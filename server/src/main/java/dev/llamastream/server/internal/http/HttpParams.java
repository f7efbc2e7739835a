package dev.llamastream.server.internal.http;

import java.time.Duration;

/**
 * Settings for serving requests.
 *
 * @param bodyLimit the maximum size of a body or message in bytes
 * @param bodyTimeout the timeout for receiving a body
 * @param requestsPerSocket the maximum number of concurrent requests on one WebSocket
 * @param sendBuffer how many bytes may wait to be sent to one client
 * @param heartbeat how long a response may be silent before a heartbeat is sent
 */
public record HttpParams(
    int bodyLimit,
    Duration bodyTimeout,
    int requestsPerSocket,
    int sendBuffer,
    Duration heartbeat) {}
