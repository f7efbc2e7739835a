/**
 * The engine's streams with a peer at their other end: cancelled when it goes, parked while it does
 * not read.
 */
@NullMarked
package dev.llamastream.server.internal.streams;

import org.jspecify.annotations.NullMarked;
