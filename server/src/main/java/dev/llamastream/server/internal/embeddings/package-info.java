/** Embeddings and scores for the requests of all forms, and the limits that clients share. */
@NullMarked
package dev.llamastream.server.internal.embeddings;

import org.jspecify.annotations.NullMarked;
