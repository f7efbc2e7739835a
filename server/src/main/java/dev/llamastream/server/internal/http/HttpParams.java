package dev.llamastream.server.internal.http;

import java.time.Duration;

/**
 * How requests are served.
 *
 * @param modelName what the model is called in answers; empty for its own description
 * @param bodyLimit how many bytes a body or a message may have
 * @param bodyTimeout how long a body may take
 * @param requestsPerSocket how many requests of one WebSocket may run at once
 * @param sendBuffer how many bytes may wait to be sent to one peer
 * @param heartbeat after how much silence something is sent that means nothing
 */
public record HttpParams(
    String modelName,
    int bodyLimit,
    Duration bodyTimeout,
    int requestsPerSocket,
    int sendBuffer,
    Duration heartbeat) {}
