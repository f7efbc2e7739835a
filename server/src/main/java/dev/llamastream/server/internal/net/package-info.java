/**
 * One connection: protocol checks and pending writes. This package contains the handlers in Netty's
 * pipelines and the class that uses Vert.x's internals.
 */
@NullMarked
package dev.llamastream.server.internal.net;

import org.jspecify.annotations.NullMarked;
