/**
 * Serves the streams of one engine over HTTP: {@link dev.llamastream.server.LlamaServer}.
 *
 * <p>Vert.x's event loop reads and writes; each request has a virtual thread of its own, which
 * pulls its stream. A peer that is gone cancels the stream, a peer that does not read parks it.
 */
@NullMarked
package dev.llamastream.server;

import org.jspecify.annotations.NullMarked;
