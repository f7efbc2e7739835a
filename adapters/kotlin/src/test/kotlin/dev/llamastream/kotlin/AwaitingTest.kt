package dev.llamastream.kotlin

import dev.llamastream.FinishReason
import dev.llamastream.LoadListener
import dev.llamastream.Model
import dev.llamastream.ModelLoadException
import dev.llamastream.PromptTooLongException
import dev.llamastream.chat.ChatDelta
import dev.llamastream.fixture.TinyEncoder
import java.nio.file.Path
import java.util.concurrent.CountDownLatch
import kotlin.test.assertFailsWith
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout

/** Embeddings, models and conversations. */
@Timeout(600)
internal class AwaitingTest {

  @Test
  fun embeddingsEqualThoseOfJava(): Unit = runBlocking {
    Model.load(TinyEncoder(64, 1).path()).use { model ->
      model
        .openEmbedder { threads(1) }
        .use { embedder ->
          val texts = listOf("one", "two")
          assertThat(embedder.awaitEmbedding("one")).isEqualTo(embedder.embed("one"))
          assertThat(embedder.awaitEmbeddings(texts))
            .containsExactlyElementsOf(embedder.embed(texts))
          assertFailsWith<PromptTooLongException> { embedder.awaitEmbedding("x".repeat(100)) }
          embedder.close()
          assertFailsWith<IllegalStateException> { embedder.awaitEmbedding("one") }
        }
    }
  }

  @Test
  fun scoresEqualThoseOfJava(): Unit = runBlocking {
    Model.load(TinyEncoder(64, 4).path()).use { model ->
      model
        .openReranker { threads(1) }
        .use { reranker ->
          val documents = listOf("one", "two")
          assertThat(reranker.awaitScores("q", documents)).isEqualTo(reranker.score("q", documents))
        }
    }
  }

  @Test
  fun modelsAreLoaded(): Unit = runBlocking {
    loadModel(Script.MODEL.path()) { vocabOnly(true) }
      .use { assertThat(it.info().vocabularySize()).isGreaterThan(300) }
    assertFailsWith<ModelLoadException> { loadModel(Path.of("missing.gguf")) }
  }

  @Test
  fun cancellingStopsALoad(): Unit = runBlocking {
    val loading = CountDownLatch(1)
    val cancelled = CountDownLatch(1)
    val asked = mutableListOf<Float>()
    val listener = LoadListener {
      asked += it
      loading.countDown()
      cancelled.await()
      true
    }
    val load =
      launch(Dispatchers.Default) { loadModel(Script.MODEL.path()) { progressListener(listener) } }
    loading.await()
    load.cancelAndJoin()
    cancelled.countDown()
    await { Thread.getAllStackTraces().keys.none { it.name == "llamastream-load" } }
    assertThat(asked).hasSize(1)
  }

  @Test
  fun conversationsRemember(): Unit = runBlocking {
    Model.load(Script.MODEL.path()).use { model ->
      val engine = model.openEngine()
      val conversation = engine.conversation {
        system("s")
        toolBox { maxRounds(1) }
        request { it.template("{{ messages[0].content }}").maxTokens(3) }
      }
      val ends = mutableListOf<StreamEnd>()
      assertThat(conversation.texts("x", ends::add).toList().joinToString("")).hasSize(3 * 4)
      assertThat(conversation.deltas("x", ends::add).toList()).isNotEmpty().allMatch {
        it is ChatDelta.Text
      }
      assertThat(conversation.awaitAnswer("x").finishReason()).isEqualTo(FinishReason.MAX_TOKENS)
      assertThat(conversation.history()).hasSize(1 + 3 * 2)
      assertThat(conversation.texts("x", ends::add).take(1).toList()).hasSize(1)
      assertThat(ends.map { it.finishReason })
        .startsWith(FinishReason.MAX_TOKENS, FinishReason.MAX_TOKENS)
        .hasSize(3)
      assertThat(engine.streams()).isZero()
      engine.close()
    }
  }
}
