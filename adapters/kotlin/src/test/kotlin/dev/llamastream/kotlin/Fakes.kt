package dev.llamastream.kotlin

import dev.llamastream.FinishReason
import dev.llamastream.GenerationRequest
import dev.llamastream.Generator
import dev.llamastream.MeteredStream
import dev.llamastream.StreamStats
import dev.llamastream.Token
import dev.llamastream.chat.ChatDelta
import dev.llamastream.chat.ChatRequest
import dev.llamastream.chat.ChatStream
import dev.llamastream.engine.PollableStream
import java.util.Optional
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Flow

/** A generator with streams that a test makes. */
internal class FakeGenerator(private val open: () -> MeteredStream) : Generator {
  override fun streamWithStats(request: GenerationRequest): MeteredStream = open()

  override fun chat(request: ChatRequest): ChatStream = error("not used")

  override fun publisher(request: GenerationRequest): Flow.Publisher<Token> = error("not used")

  override fun publisher(request: ChatRequest): Flow.Publisher<ChatDelta> = error("not used")

  override fun contextSize(): Int = 1

  override fun close() = Unit
}

/** A stream that gives nothing. */
internal abstract class FakeStream : MeteredStream {
  private val cancelled = CountDownLatch(1)

  override fun hasNext(): Boolean = error("not used")

  override fun next(): String = error("not used")

  override fun remove() = error("not used")

  override fun tokens(): MutableIterator<Token> = error("not used")

  fun awaitCancelled() = cancelled.await()

  override fun cancel() = cancelled.countDown()

  override fun finishReason(): Optional<FinishReason> = Optional.of(FinishReason.FAILED)

  override fun stats(): StreamStats = StreamStats.builder().build()

  override fun close() = cancel()
}

/** An engine's stream that fails after a while. */
internal class FailingStream(private val failure: RuntimeException) : FakeStream(), PollableStream {
  private var asked = 0

  override fun poll(ready: Runnable): Optional<Token> {
    if (asked++ > 0) {
      throw failure
    }
    Thread.ofPlatform().start(ready)
    return Optional.empty()
  }
}

/** A context's stream that computes until it is cancelled. */
internal class BusyStream : FakeStream() {
  val begun = CountDownLatch(1)

  override fun tokens(): MutableIterator<Token> =
    object : MutableIterator<Token> {
      override fun hasNext(): Boolean = true

      override fun next(): Token {
        begun.countDown()
        awaitCancelled()
        return Token.of(Token.NONE, "", 0, Float.NaN, listOf(), true)
      }

      override fun remove() = error("not used")
    }
}
