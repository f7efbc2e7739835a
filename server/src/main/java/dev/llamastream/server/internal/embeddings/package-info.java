/** Embeddings and scores for requests of all forms: the models' embedders, and fair limits. */
@NullMarked
package dev.llamastream.server.internal.embeddings;

import org.jspecify.annotations.NullMarked;
