package dev.llamastream.kotlin

import dev.llamastream.GenerationRequest
import dev.llamastream.SamplerParams
import dev.llamastream.chat.ChatRequest
import dev.llamastream.fixture.ByteVocabulary
import dev.llamastream.fixture.ScriptedModel

/** A model that goes round for ever, and what to ask it. */
internal object Script {
  private const val PIECES = 60

  val MODEL: ScriptedModel =
    ScriptedModel.of(*(0 until PIECES).map(::piece).toTypedArray()).repeat()

  /** The piece in this place, for ever. */
  fun piece(index: Int): String = "<%02d>".format(index % PIECES)

  /** A request that this many pieces answer, from the first one on. */
  fun request(
    maxTokens: Int,
    promptTokens: Int = 5,
    block: GenerationRequest.Builder.() -> Unit = {},
  ): GenerationRequest =
    generationRequest(IntArray(promptTokens) { ByteVocabulary.BEGIN }) {
      maxTokens(maxTokens)
      sampler(SamplerParams.greedy())
      block()
    }

  /** A chat that this many pieces answer. */
  fun chat(maxTokens: Int, block: ChatRequest.Builder.() -> Unit = {}): ChatRequest =
    chatRequest("x") {
      template("{{ messages[0].content }}")
      sampler(SamplerParams.greedy())
      maxTokens(maxTokens)
      block()
    }

  /** This many pieces. */
  fun pieces(count: Int): List<String> = List(count, ::piece)
}
