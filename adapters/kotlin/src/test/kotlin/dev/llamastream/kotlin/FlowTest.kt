package dev.llamastream.kotlin

import dev.llamastream.FinishReason
import dev.llamastream.GenerationException
import dev.llamastream.GenerationRequest
import dev.llamastream.Generator
import dev.llamastream.Model
import dev.llamastream.PromptTooLongException
import dev.llamastream.chat.ChatDelta
import dev.llamastream.engine.Engine
import dev.llamastream.engine.EngineOverloadedException
import dev.llamastream.fixture.ByteVocabulary
import dev.llamastream.fixture.ScriptedModel
import java.util.concurrent.CancellationException
import kotlin.test.assertFailsWith
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.onCompletion
import kotlinx.coroutines.flow.single
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout

/** What flows give. */
@Timeout(600)
internal class FlowTest {
  private val model = Model.load(Script.MODEL.path())

  @AfterEach fun close() = model.close()

  private fun withEach(of: Model = model, test: suspend (Generator) -> Unit) {
    val context = of.openContext { contextSize(1024).threads(1).batchThreads(1) }
    val engine = of.openEngine { context { contextSize(1024).threads(1).batchThreads(1) } }
    runBlocking {
      context.use { test(it) }
      engine.use { test(it) }
    }
  }

  private fun tokensOf(generator: Generator, request: GenerationRequest) =
    generator.streamWithStats(request).tokens().asSequence().toList()

  private fun textsOf(generator: Generator, request: GenerationRequest) =
    generator.generateStream(request).iterator().asSequence().toList()

  @Test
  fun flowsGiveWhatStreamsGive() {
    val bytes = "a€".toByteArray().map { byteArrayOf(it) }
    val script = ScriptedModel(bytes + byteArrayOf() + "xy".toByteArray(), false)
    val begin = intArrayOf(ByteVocabulary.BEGIN)
    Model.load(script.path()).use { odd ->
      withEach(odd) { generator ->
        for (request in
          listOf(
            generationRequest("..") { maxTokens(20) },
            generationRequest("..") { maxTokens(2) },
            generationRequest("..") { maxTokens(0) },
            generationRequest("..") { logprobs(true).topLogprobs(2) },
            generationRequest("..") { scorePrompt(true) },
            generationRequest("..") { stopSequences("y") },
            generationRequest("..") { echo(true) },
            generationRequest("..") { echo(true).maxTokens(0) },
            generationRequest(begin) { echo(true) },
            generationRequest(begin) { echo(true).maxTokens(0) },
          )) {
          val tokens = generator.tokens(request)
          assertThat(tokens.toList()).isEqualTo(tokensOf(generator, request))
          assertThat(tokens.toList()).isEqualTo(tokensOf(generator, request))
          assertThat(generator.texts(request).toList()).isEqualTo(textsOf(generator, request))
        }
      }
    }
  }

  @Test
  fun endIsToldOnceAndBeforeTheFlowCompletes(): Unit = withEach { generator ->
    val events = mutableListOf<Any>()
    generator
      .texts(Script.request(2)) { events += it }
      .onCompletion { events += "complete" }
      .collect { events += it }
    assertThat(events).hasSize(4).startsWith("<00>", "<01>").endsWith("complete")
    val end = events[2] as StreamEnd
    assertThat(end.finishReason).isEqualTo(FinishReason.MAX_TOKENS)
    assertThat(end.stats.generatedTokens()).isEqualTo(2)
    assertThat(end).asString().contains("MAX_TOKENS", "Tokens: 2")
  }

  @Test
  fun chatGivesDeltasAndTexts(): Unit = withEach { generator ->
    val chat = Script.chat(70)
    val ends = mutableListOf<StreamEnd>()
    assertThat(generator.texts(chat, ends::add).toList().joinToString(""))
      .isEqualTo(Script.pieces(70).joinToString(""))
    assertThat(generator.deltas(chat, ends::add).toList())
      .isEqualTo(generator.chat(chat).iterator().asSequence().toList())
      .allMatch { it is ChatDelta.Text }
    assertThat(ends).extracting<Any> { it.finishReason }.containsOnly(FinishReason.MAX_TOKENS)
    assertThat(ends).hasSize(2)
  }

  @Test
  fun wholeAnswersEqualThoseOfJava(): Unit = withEach { generator ->
    for (request in
      listOf(
        Script.request(20),
        Script.request(0),
        generationRequest("..") { echo(true) },
        generationRequest("..") { echo(true).collectTokens(true) },
      )) {
      val completion = generator.awaitCompletion(request)
      val expected = generator.complete(request)
      assertThat(completion.text()).isEqualTo(expected.text())
      assertThat(completion.tokens()).isEqualTo(expected.tokens())
      assertThat(completion.finishReason()).isEqualTo(expected.finishReason())
      assertThat(completion.stats().generatedTokens()).isEqualTo(expected.stats().generatedTokens())
    }
    val chat = Script.chat(3) { collectTokens(true) }
    val answer = generator.awaitAnswer(chat)
    val expected = generator.chat(chat).answer()
    assertThat(answer.toMessage()).isEqualTo(expected.toMessage())
    assertThat(answer.tokens()).isEqualTo(expected.tokens()).hasSize(3)
    assertThat(answer.finishReason()).isEqualTo(FinishReason.MAX_TOKENS)
  }

  @Test
  fun virtualTimeDoesNotDisturb(): Unit = runTest {
    model.openEngine().use { engine ->
      assertThat(engine.texts(Script.request(20)).toList()).isEqualTo(Script.pieces(20))
    }
  }

  @Test
  fun refusalsAreThrownToTheCollector(): Unit = withEach { generator ->
    val ends = mutableListOf<StreamEnd>()
    val tooLong = generator.texts(Script.request(1, promptTokens = 2000), ends::add)
    assertFailsWith<PromptTooLongException> { tooLong.collect {} }
    assertFailsWith<IllegalArgumentException> {
      generator.tokens(generationRequest(intArrayOf(100_000))).collect {}
    }
    generator.close()
    val closed = generator.texts(Script.chat(1), ends::add)
    assertFailsWith<IllegalStateException> { closed.collect {} }
    assertThat(ends).isEmpty()
  }

  @Test
  fun fullQueueIsThrownToTheCollector(): Unit = runBlocking {
    val steps = Steps()
    val params = engineParams { slots(1).queueCapacity(1).listener(steps) }
    Engine.open(model, params).use { engine ->
      val first = async { engine.texts(Script.request(5)).toList() }
      await { engine.snapshot().running() == 1 }
      val second = async { engine.texts(Script.request(5)).toList() }
      await { engine.snapshot().waiting() == 1 }
      assertFailsWith<EngineOverloadedException> { engine.texts(Script.request(5)).collect {} }
      steps.open()
      assertThat(awaitAll(first, second)).containsOnly(Script.pieces(5))
    }
  }

  @Test
  fun flowOfAnEngineThatIsClosedCompletes(): Unit = runBlocking {
    val engine = model.openEngine()
    val ends = mutableListOf<StreamEnd>()
    var pieces = 0
    engine.texts(Script.request(1_000_000), ends::add).collect {
      if (++pieces == 3) {
        engine.close()
      }
    }
    assertThat(pieces).isBetween(3, 100)
    assertThat(ends.single().finishReason).isEqualTo(FinishReason.CANCELLED)
  }

  @Test
  fun failureOfAGenerationIsThrown(): Unit = runBlocking {
    val failure = GenerationException("out of memory")
    val ends = mutableListOf<StreamEnd>()
    val failing = FakeGenerator { FailingStream(failure) }
    val caught =
      failing.texts(Script.request(1), ends::add).catch { emit("caught ${it.message}") }.single()
    assertThat(caught).isEqualTo("caught out of memory")
    assertThat(ends.single().finishReason).isEqualTo(FinishReason.FAILED)
    assertFailsWith<GenerationException> { failing.awaitCompletion(Script.request(1)) }
  }

  /** Java's exception for it is the one that coroutines keep to themselves. */
  @Test
  fun requestThatIsTooLateFails(): Unit = runBlocking {
    val late = FakeGenerator { throw CancellationException("timeout: over") }
    val failure = assertFailsWith<GenerationException> { late.tokens(Script.request(1)).collect {} }
    assertThat(failure)
      .hasMessage("timeout: over")
      .hasRootCauseInstanceOf(CancellationException::class.java)
    assertFailsWith<GenerationException> { late.awaitCompletion(Script.request(1)) }
  }

  @Test
  fun timeoutOfARequestEndsTheFlow(): Unit = withEach { generator ->
    val ends = mutableListOf<StreamEnd>()
    val request = Script.request(1000) { timeout(1.seconds) }
    generator.tokens(request, ends::add).collect { token ->
      if (token.position() == 5) {
        delay(1100.milliseconds)
      }
    }
    assertThat(ends.single().finishReason).isEqualTo(FinishReason.TIMEOUT)
  }

  @Test
  fun collectorThatSuspendsParksTheStream(): Unit = runBlocking {
    val steps = Steps()
    steps.open()
    val params = engineParams { streamBuffer(4).listener(steps) }
    Engine.open(model, params).use { engine ->
      val goOn = CompletableDeferred<Unit>()
      val pieces = mutableListOf<String>()
      val collector = launch {
        engine.texts(Script.request(200)).collect {
          pieces += it
          goOn.await()
        }
      }
      await { engine.snapshot().parked() == 1 }
      val before = steps.count
      assertThat(before).isLessThan(10)
      // others run meanwhile; this one does not
      assertThat(engine.awaitCompletion(Script.request(4)).text()).hasSize(4 * 4)
      assertThat(steps.count - before).isEqualTo(4)
      assertThat(pieces).hasSize(1)
      goOn.complete(Unit)
      collector.join()
      assertThat(pieces).isEqualTo(Script.pieces(200))
    }
  }

  @Test
  fun noThreadWaitsForAnEngine(): Unit = runBlocking {
    val steps = Steps()
    Engine.open(model, engineParams { listener(steps) }).use { engine ->
      val flows = List(200) { engine.texts(Script.request(1 + it)) }
      val results = flows.map { async { it.toList() } }
      val chat = async { engine.awaitAnswer(Script.chat(5)) }
      await { engine.streams() == 201 }
      steps.allow(3)
      await { steps.count == 4 }
      val waiting =
        Thread.getAllStackTraces().filter { (_, frames) ->
          frames.any { it.className.endsWith(".TokenBuffer") && it.methodName == "take" }
        }
      assertThat(waiting).isEmpty()
      steps.open()
      assertThat(results.awaitAll()).isEqualTo(List(200) { Script.pieces(1 + it) })
      assertThat(chat.await().text()).isEqualTo(Script.pieces(5).joinToString(""))
    }
  }

  @Test
  fun collectorOfAContextStaysOnItsThread(): Unit = runBlocking {
    model.openContext().use { context ->
      val here = Thread.currentThread()
      context.texts(Script.request(3)).collect { assertThat(Thread.currentThread()).isSameAs(here) }
      val elsewhere = async(Dispatchers.Default) { context.texts(Script.request(3)).toList() }
      assertThat(elsewhere.await()).isEqualTo(Script.pieces(3))
    }
  }
}
