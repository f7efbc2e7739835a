package dev.llamastream.kotlin

import dev.llamastream.FinishReason
import dev.llamastream.Model
import dev.llamastream.engine.Engine
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executor
import kotlin.test.assertFailsWith
import kotlin.time.Duration.Companion.milliseconds
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout

/**
 * All ways in which a collector can leave. The engine is held after a step meanwhile: nothing that
 * is true here can come from the generation's own end.
 */
@Timeout(600)
internal class CancellationTest {
  private val model = Model.load(Script.MODEL.path())
  private val steps = Steps()
  private val ends = mutableListOf<StreamEnd>()
  private var engine = open()

  private fun open(slots: Int = 4) =
    Engine.open(
      model,
      engineParams {
        slots(slots).prefillChunk(64).prefixCache(false).listener(steps)
        context { threads(1).batchThreads(1) }
      },
    )

  @AfterEach
  fun close() {
    steps.open()
    engine.close()
    model.close()
  }

  private val endless = Script.request(1_000_000)

  /** No stream is left. When the engine resumes, it computes steps of other streams only. */
  private fun assertEnded(generated: Int) {
    assertThat(engine.streams()).isZero()
    assertThat(ends.map { it.finishReason }).containsExactly(FinishReason.CANCELLED)
    assertThat(ends.single().stats.generatedTokens()).isEqualTo(generated)
    val before = steps.count
    steps.open()
    assertThat(engine.generate(Script.request(4))).hasSize(4 * 4)
    assertThat(steps.count - before).isEqualTo(4)
  }

  @Test
  fun inThePrefill(): Unit = runBlocking {
    val request = Script.request(20, promptTokens = 500)
    val collector =
      launch(Dispatchers.Default) { engine.tokens(request, ends::add).collect { error("a token") } }
    await { steps.count == 1 }
    collector.cancelAndJoin()
    assertEnded(generated = 0)
  }

  @Test
  fun whileItWaitsForTheNextToken(): Unit = runBlocking {
    steps.allow(2)
    val pieces = mutableListOf<String>()
    val collector =
      launch(Dispatchers.Default) { engine.texts(endless, ends::add).collect(pieces::add) }
    await { steps.count == 3 && pieces.size == 2 }
    collector.cancelAndJoin()
    assertThat(pieces).hasSize(2)
    assertEnded(generated = 2)
  }

  @Test
  fun whileTheCollectorSuspends(): Unit = runBlocking {
    steps.allow(2)
    val collector =
      launch(Dispatchers.Default) {
        engine.texts(endless, ends::add).collect { awaitCancellation() }
      }
    await { steps.count == 3 }
    collector.cancelAndJoin()
    assertEnded(generated = 2)
  }

  /** The collector cannot even notice. */
  @Test
  fun whileTheCollectorBlocksItsThread(): Unit = runBlocking {
    steps.allow(2)
    val blocked = CountDownLatch(1)
    val collector =
      launch(Dispatchers.IO) { engine.texts(endless, ends::add).collect { blocked.await() } }
    await { steps.count == 3 }
    collector.cancel()
    assertThat(engine.streams()).isZero()
    blocked.countDown()
    collector.join()
    assertEnded(generated = 2)
  }

  @Test
  fun whileItWaitsForASlot(): Unit = runBlocking {
    engine.close()
    engine = open(slots = 1)
    val running = launch { engine.texts(Script.request(2)).collect {} }
    await { steps.count == 1 }
    val collector = launch(Dispatchers.Default) { engine.texts(endless, ends::add).collect {} }
    await { engine.snapshot().waiting() == 1 }
    collector.cancelAndJoin()
    assertThat(engine.snapshot().waiting()).isZero()
    assertThat(engine.streams()).isEqualTo(1)
    assertThat(ends.single().finishReason).isEqualTo(FinishReason.CANCELLED)
    steps.open()
    running.join()
  }

  @Test
  fun whenItHasTakenEnough(): Unit = runBlocking {
    steps.allow(3)
    assertThat(engine.texts(endless, ends::add).take(3).toList()).isEqualTo(Script.pieces(3))
    assertEnded(generated = 3)
  }

  @Test
  fun atTheFirstToken(): Unit = runBlocking {
    steps.allow(1)
    assertThat(engine.texts(endless, ends::add).first()).isEqualTo(Script.piece(0))
    assertEnded(generated = 1)
  }

  @Test
  fun whenItsTimeIsOver(): Unit = runBlocking {
    steps.allow(1)
    assertFailsWith<TimeoutCancellationException> {
      engine.texts(endless, ends::add).collect {
        withTimeout(1.milliseconds) { awaitCancellation() }
      }
    }
    assertEnded(generated = 1)
  }

  @Test
  fun whenTheTimeOfTheCollectorIsOver(): Unit = runBlocking {
    steps.allow(1)
    assertFailsWith<TimeoutCancellationException> {
      withTimeout(500.milliseconds) { engine.texts(endless, ends::add).collect {} }
    }
    assertThat(engine.streams()).isZero()
    steps.open()
    assertThat(engine.generate(Script.request(4))).hasSize(4 * 4)
    assertThat(ends.map { it.finishReason }).containsOnly(FinishReason.CANCELLED).hasSize(1)
    assertThat(ends.single().stats.generatedTokens()).isEqualTo(1)
  }

  @Test
  fun whenItThrows(): Unit = runBlocking {
    steps.allow(2)
    val thrown = IllegalArgumentException("enough")
    var seen = 0
    val failure =
      assertFailsWith<IllegalArgumentException> {
        engine.texts(endless, ends::add).collect { if (++seen == 2) throw thrown }
      }
    // where assertions are on, coroutines throw a copy with a longer stack trace
    assertThat(generateSequence<Throwable>(failure) { it.cause }.last()).isSameAs(thrown)
    assertEnded(generated = 2)
  }

  @Test
  fun whenASiblingFails(): Unit = runBlocking {
    steps.allow(1)
    assertFailsWith<IllegalArgumentException> {
      withContext(Dispatchers.Default) {
        launch { engine.texts(endless, ends::add).collect {} }
        await { steps.count == 2 }
        throw IllegalArgumentException("sibling")
      }
    }
    assertEnded(generated = 1)
  }

  @Test
  fun whileItWaitsForAWholeAnswer(): Unit = runBlocking {
    steps.allow(1)
    val chat = Script.chat(1_000_000)
    val waiting = launch(Dispatchers.Default) { engine.awaitAnswer(chat) }
    val other = launch(Dispatchers.Default) { engine.awaitCompletion(endless) }
    await { engine.streams() == 2 }
    waiting.cancelAndJoin()
    other.cancelAndJoin()
    assertThat(engine.streams()).isZero()
  }

  private fun assertNotOnTheEnginesThread(dispatcher: CoroutineDispatcher) {
    val threads = mutableSetOf<Thread>()
    fun here() = threads.add(Thread.currentThread())
    runBlocking {
      // each token is awaited: the engine resumes when the collector wants the next one
      launch(dispatcher) {
          here()
          engine
            .texts(Script.request(50)) { here() }
            .collect {
              here()
              steps.allow(1)
            }
          here()
        }
        .also { steps.allow(1) }
        .join()
      launch(dispatcher) {
          try {
            engine.texts(endless) { here() }.collect { here() }
          } finally {
            here()
          }
        }
        .also { await { engine.streams() == 1 } }
        .cancelAndJoin()
    }
    assertThat(threads).hasSizeGreaterThan(1).noneMatch {
      it.name.startsWith("llamastream-engine")
    }
  }

  @Test
  fun collectorWithoutDispatcherIsNotOnTheEnginesThread() =
    assertNotOnTheEnginesThread(Dispatchers.Unconfined)

  @Test
  fun collectorOfADirectExecutorIsNotOnTheEnginesThread() =
    assertNotOnTheEnginesThread(Executor { it.run() }.asCoroutineDispatcher())

  @Test
  fun contextStopsInTheMidstOfAPrefill(): Unit = runBlocking {
    model
      .openContext { contextSize(8192).threads(1).batchThreads(1) }
      .use { context ->
        val stream = context.streamWithStats(Script.request(20, promptTokens = 8000))
        val collector =
          launch(Dispatchers.Default) {
            FakeGenerator { stream }.tokens(endless, ends::add).collect { error("a token") }
          }
        await { !stream.stats().elapsed().isZero }
        collector.cancelAndJoin()
        assertThat(ends.single().finishReason).isEqualTo(FinishReason.CANCELLED)
        assertThat(ends.single().stats.generatedTokens()).isZero()
        assertThat(context.texts(Script.request(3)).toList()).isEqualTo(Script.pieces(3))
      }
  }

  /** A step of a context may take long: it has to be told at once. */
  @Test
  fun streamThatComputesIsCancelledMeanwhile(): Unit = runBlocking {
    val stream = BusyStream()
    val collector =
      launch(Dispatchers.Default) { FakeGenerator { stream }.tokens(endless).collect {} }
    stream.begun.await()
    collector.cancelAndJoin()
  }

  /** A stream that is opened too late has nobody else to close it. */
  @Test
  fun streamThatIsOpenedAfterwardsIsCancelled(): Unit = runBlocking {
    val opening = CountDownLatch(1)
    val open = CountDownLatch(1)
    val stream = BusyStream()
    val slow = FakeGenerator {
      opening.countDown()
      while (open.count > 0) {
        Thread.onSpinWait() // deaf to interrupts
      }
      stream
    }
    val collector = launch(Dispatchers.Default) { slow.tokens(endless).collect {} }
    opening.await()
    collector.cancel()
    open.countDown()
    collector.join()
    stream.awaitCancelled()
    assertThat(stream.begun.count).isEqualTo(1)
  }
}
