/**
 * HTTP and WebSockets: from a request's head to its handler and the response. This package does not
 * know the routes of other packages.
 */
@NullMarked
package dev.llamastream.server.internal.http;

import org.jspecify.annotations.NullMarked;
