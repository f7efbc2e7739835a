/**
 * The engine's streams with a client each. A stream is cancelled when its client disconnects, and
 * parked while its client does not read.
 */
@NullMarked
package dev.llamastream.server.internal.streams;

import org.jspecify.annotations.NullMarked;
