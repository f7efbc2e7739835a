package dev.llamastream.kotlin

import dev.llamastream.GenerationRequest
import dev.llamastream.Generator
import dev.llamastream.MeteredStream
import dev.llamastream.Token
import dev.llamastream.chat.ChatDelta
import dev.llamastream.chat.ChatRequest
import dev.llamastream.chat.ChatStream
import dev.llamastream.chat.Conversation
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.withContext

/**
 * The tokens of a generation, with those that have no text, as [MeteredStream.tokens] gives them.
 *
 * The flow is cold: each collector starts a generation. The generation ends with the collector: if
 * its coroutine is cancelled, if it throws or if it takes no more, the model computes no further
 * step for it, and its slot is free before the collector's call returns. A collector that suspends
 * holds the generation back: an engine parks it when its buffer is full, a context computes
 * nothing.
 *
 * No thread waits for an engine. A context computes on a thread of [Dispatchers.IO]. The collector
 * never runs on the engine's thread, whatever its dispatcher is.
 *
 * The flow throws what [Generator.streamWithStats] throws, and
 * [dev.llamastream.GenerationException] if the generation fails or its time is over before it has
 * begun. If the generator is closed meanwhile, the flow completes.
 *
 * @param onEnd is told how the generation ended, once, before the flow completes or throws, also if
 *   the collector is cancelled. Not called if the generation could not begin. Must not block
 * @since 0.1.0
 */
public fun Generator.tokens(
  request: GenerationRequest,
  onEnd: (StreamEnd) -> Unit = {},
): Flow<Token> = flow {
  readingTokens(request, onEnd) { stream -> stream.tokenSource().forEach { emit(it) } }
}

/**
 * The text of a generation, piece by piece, as [dev.llamastream.TokenStream] gives it: pieces are
 * never empty and never split a character. Otherwise like [tokens].
 *
 * @since 0.1.0
 */
public fun Generator.texts(
  request: GenerationRequest,
  onEnd: (StreamEnd) -> Unit = {},
): Flow<String> = flow {
  readingTokens(request, onEnd) { stream ->
    if (request.echo()) {
      stream.echo()?.let { emit(it) }
    }
    stream.tokenSource().forEach { token ->
      if (token.text().isNotEmpty()) {
        emit(token.text())
      }
    }
  }
}

/**
 * The answer to the messages of a chat, as it is generated. Otherwise like [tokens]; see
 * [Generator.chat] for what it throws.
 *
 * @since 0.1.0
 */
public fun Generator.deltas(
  request: ChatRequest,
  onEnd: (StreamEnd) -> Unit = {},
): Flow<ChatDelta> = deltas({ chat(request) }, onEnd)

/**
 * The text of an answer, piece by piece, without thinking and calls of tools. Otherwise like
 * [deltas].
 *
 * @since 0.1.0
 */
public fun Generator.texts(request: ChatRequest, onEnd: (StreamEnd) -> Unit = {}): Flow<String> =
  texts({ chat(request) }, onEnd)

/**
 * Says something in a conversation, and gives the answer as it is generated. Otherwise like
 * [deltas], but the conversation waits for the model and for tools on a thread of [Dispatchers.IO].
 * What is kept of a cancelled answer: see [Conversation].
 *
 * @since 0.1.0
 */
public fun Conversation.deltas(text: String, onEnd: (StreamEnd) -> Unit = {}): Flow<ChatDelta> =
  deltas({ say(text) }, onEnd)

/**
 * Says something in a conversation, and gives the text of the answer. Otherwise like [deltas].
 *
 * @since 0.1.0
 */
public fun Conversation.texts(text: String, onEnd: (StreamEnd) -> Unit = {}): Flow<String> =
  texts({ say(text) }, onEnd)

internal suspend fun <R> Generator.readingTokens(
  request: GenerationRequest,
  onEnd: (StreamEnd) -> Unit,
  read: suspend (MeteredStream) -> R,
): R =
  reading(
    { streamWithStats(request) },
    { onEnd(StreamEnd(it.finishReason().orElseThrow(), it.stats())) },
    read,
  )

/** What the stream begins with. Only a prompt without text makes this wait for the first piece. */
internal suspend fun MeteredStream.echo(): String? =
  withContext(Dispatchers.IO) { if (hasNext()) next() else null }

private fun deltas(open: () -> ChatStream, onEnd: (StreamEnd) -> Unit): Flow<ChatDelta> = flow {
  readingChat(open, onEnd) { stream -> stream.deltaSource().forEach { emit(it) } }
}

private fun texts(open: () -> ChatStream, onEnd: (StreamEnd) -> Unit): Flow<String> = flow {
  readingChat(open, onEnd) { stream ->
    stream.deltaSource().forEach { delta ->
      if (delta is ChatDelta.Text) {
        emit(delta.text())
      }
    }
  }
}

internal suspend fun <R> readingChat(
  open: () -> ChatStream,
  onEnd: (StreamEnd) -> Unit,
  read: suspend (ChatStream) -> R,
): R = reading(open, { onEnd(StreamEnd(it.finishReason().orElseThrow(), it.stats())) }, read)
