package dev.llamastream.kotlin

import dev.llamastream.engine.Engine
import dev.llamastream.engine.EngineListener
import java.time.Duration
import java.util.concurrent.Semaphore
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.yield

/** Holds the engine after each step until the test allows the next one. */
internal class Steps : EngineListener {
  private val permits = Semaphore(0)
  private val taken = AtomicInteger()

  /** How many steps there were. */
  val count: Int
    get() = taken.get()

  override fun onStep(promptTokens: Int, streams: Int, elapsed: Duration) {
    taken.incrementAndGet()
    permits.acquireUninterruptibly()
  }

  /** Allows some steps more. */
  fun allow(steps: Int) = permits.release(steps)

  /** Holds the engine no more. */
  fun open() = permits.release(Int.MAX_VALUE / 2)
}

/** How many streams there are. */
internal fun Engine.streams(): Int = snapshot().run { running() + waiting() + parked() }

/** Returns when it is so; the test's own timeout is the limit. */
internal suspend fun await(condition: () -> Boolean) {
  while (!condition()) {
    yield()
    Thread.onSpinWait()
  }
}
