/**
 * LangChain4j's models over llamastream: chat, streaming chat, embeddings and scoring. They run in
 * this process, on a {@link dev.llamastream.Generator}, an {@link dev.llamastream.Embedder} or a
 * {@link dev.llamastream.Reranker}, which they never close.
 */
@NullMarked
package dev.llamastream.langchain4j;

import org.jspecify.annotations.NullMarked;
