package dev.llamastream.kotlin

import dev.llamastream.MeteredStream
import dev.llamastream.Token
import dev.llamastream.chat.ChatDelta
import dev.llamastream.chat.ChatStream
import dev.llamastream.engine.PollableChatStream
import dev.llamastream.engine.PollableStream
import java.util.Optional
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.withContext

/** What a stream gives, for one coroutine. */
internal fun interface Source<T : Any> {

  /** Waits for the next element; null at the end. */
  suspend fun next(): T?
}

internal fun MeteredStream.tokenSource(): Source<Token> =
  if (this is PollableStream) Polled(::poll) { false } else Computed(tokens())

internal fun ChatStream.deltaSource(): Source<ChatDelta> =
  if (this is PollableChatStream) Polled(::poll, ::ended) else Computed(this)

/** Hands what has arrived to the collector. */
internal suspend inline fun <T : Any> Source<T>.forEach(action: (T) -> Unit) {
  while (true) {
    action(next() ?: return)
  }
}

/** Waits for an engine without a thread. */
private class Polled<T : Any>(
  private val poll: (Runnable) -> Optional<T>,
  private val ended: () -> Boolean,
) : Source<T> {
  private val ready = Channel<Unit>(Channel.CONFLATED)

  override suspend fun next(): T? {
    while (!ended()) {
      val element =
        try {
          poll { ready.trySend(Unit) }
        } catch (_: NoSuchElementException) {
          return null
        }
      if (element.isPresent) {
        return element.get()
      }
      if (!ended()) {
        // The engine's thread sends. It resumes this inner coroutine on the threads of a
        // dispatcher,
        // so it never runs the collector, even if the collector has no dispatcher
        withContext(Dispatchers.Default) { ready.receive() }
      }
    }
    return null
  }
}

/** Computes on an I/O thread. */
private class Computed<T : Any>(private val elements: Iterator<T>) : Source<T> {
  override suspend fun next(): T? =
    withContext(Dispatchers.IO) { if (elements.hasNext()) elements.next() else null }
}
