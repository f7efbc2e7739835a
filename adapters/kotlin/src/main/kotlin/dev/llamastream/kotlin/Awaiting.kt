package dev.llamastream.kotlin

import dev.llamastream.Completion
import dev.llamastream.Embedder
import dev.llamastream.GenerationRequest
import dev.llamastream.Generator
import dev.llamastream.Model
import dev.llamastream.ModelParams
import dev.llamastream.Reranker
import dev.llamastream.Token
import dev.llamastream.chat.ChatAnswer
import dev.llamastream.chat.ChatRequest
import dev.llamastream.chat.ChatStream
import dev.llamastream.chat.Conversation
import java.nio.file.Path
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.future.await
import kotlinx.coroutines.runInterruptible

/**
 * Runs a whole generation, like [Generator.complete], without a thread that waits for an engine.
 * Cancelling the coroutine ends the generation, as in [tokens].
 *
 * @since 0.1.0
 */
public suspend fun Generator.awaitCompletion(request: GenerationRequest): Completion =
  readingTokens(request, {}) { stream ->
    val text = StringBuilder()
    val tokens = mutableListOf<Token>()
    if (request.echo()) {
      text.append(stream.echo().orEmpty())
    }
    stream.tokenSource().forEach { token ->
      text.append(token.text())
      if (request.collectTokens()) {
        tokens += token
      }
    }
    Completion.builder()
      .text(text.toString())
      .finishReason(stream.finishReason().orElseThrow())
      .stats(stream.stats())
      .tokens(tokens)
      .build()
  }

/**
 * Waits for the whole answer to the messages of a chat, without a thread that waits for an engine.
 * Cancelling the coroutine ends the generation, as in [tokens].
 *
 * @since 0.1.0
 */
public suspend fun Generator.awaitAnswer(request: ChatRequest): ChatAnswer = answer {
  chat(request)
}

/**
 * Says something in a conversation and waits for the whole answer, like [Conversation.ask]. See
 * [deltas] for its threads.
 *
 * @since 0.1.0
 */
public suspend fun Conversation.awaitAnswer(text: String): ChatAnswer = answer { say(text) }

private suspend fun answer(open: () -> ChatStream): ChatAnswer =
  readingChat(open, {}) { stream ->
    stream.deltaSource().forEach {}
    stream.answer()
  }

/**
 * Computes the embedding of a text on a thread of [Dispatchers.IO]: see [Embedder.embed].
 * Cancelling the coroutine stops the computation.
 *
 * @since 0.1.0
 */
public suspend fun Embedder.awaitEmbedding(text: String): FloatArray =
  runInterruptible(Dispatchers.IO) { embed(text) }

/**
 * Computes the embeddings of texts, in their order. Otherwise like [awaitEmbedding].
 *
 * @since 0.1.0
 */
public suspend fun Embedder.awaitEmbeddings(texts: List<String>): List<FloatArray> =
  runInterruptible(Dispatchers.IO) { embed(texts) }

/**
 * Scores documents on a thread of [Dispatchers.IO]: see [Reranker.score]. Cancelling the coroutine
 * stops the computation.
 *
 * @since 0.1.0
 */
public suspend fun Reranker.awaitScores(query: String, documents: List<String>): FloatArray =
  runInterruptible(Dispatchers.IO) { score(query, documents) }

/**
 * Loads a GGUF file: see [Model.loadAsync]. Cancelling the coroutine stops the load.
 *
 * @since 0.1.0
 */
public suspend fun loadModel(
  path: Path,
  block: @LlamaDsl ModelParams.Builder.() -> Unit = {},
): Model = Model.loadAsync(path, modelParams(block)).await()
