/**
 * The JSON of requests and responses, and the error responses. This package does not depend on the
 * HTTP server.
 */
@NullMarked
package dev.llamastream.server.internal.json;

import org.jspecify.annotations.NullMarked;
