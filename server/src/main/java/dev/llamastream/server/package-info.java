/**
 * Serves the streams of one engine, or of several models, over HTTP: {@link
 * dev.llamastream.server.LlamaServer}.
 *
 * <p>Vert.x's event loop reads and writes. Each request has its own virtual thread, which pulls the
 * stream. When a client disconnects, its stream is cancelled. While a client does not read, its
 * stream is parked.
 */
@NullMarked
package dev.llamastream.server;

import org.jspecify.annotations.NullMarked;
