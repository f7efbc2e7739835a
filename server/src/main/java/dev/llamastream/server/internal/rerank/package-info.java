/**
 * Ranks documents by how well they answer a query: Jina's form, which vLLM and llama.cpp's server
 * share, and that of text-embeddings-inference.
 */
@NullMarked
package dev.llamastream.server.internal.rerank;

import org.jspecify.annotations.NullMarked;
