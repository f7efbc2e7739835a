/**
 * HTTP and WebSockets: from a request's head to its handler, and the answers. Of other packages'
 * routes it knows nothing.
 */
@NullMarked
package dev.llamastream.server.internal.http;

import org.jspecify.annotations.NullMarked;
