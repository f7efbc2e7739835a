package dev.llamastream.kotlin

import dev.llamastream.ContextParams
import dev.llamastream.EmbedderParams
import dev.llamastream.GenerationRequest
import dev.llamastream.InvalidValueException
import dev.llamastream.ModelParams
import dev.llamastream.RerankerParams
import dev.llamastream.SamplerParams
import dev.llamastream.chat.ChatMessage
import dev.llamastream.chat.ChatRequest
import dev.llamastream.chat.Conversation
import dev.llamastream.chat.Tool
import dev.llamastream.chat.ToolBox
import dev.llamastream.chat.ToolCall
import dev.llamastream.engine.EngineParams
import java.lang.reflect.Method
import java.lang.reflect.Modifier
import kotlin.test.assertFailsWith
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.delay
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout

/** Blocks build what Java's builders build. */
@Timeout(600)
internal class BlocksTest {

  @Test
  fun parameters() {
    assertThat(modelParams {}).isEqualTo(ModelParams.defaults())
    assertThat(modelParams { gpuLayers(0).memoryMap(false) })
      .isEqualTo(ModelParams.builder().gpuLayers(0).memoryMap(false).build())
    assertThat(contextParams { contextSize(1024) })
      .isEqualTo(ContextParams.builder().contextSize(1024).build())
    assertThat(embedderParams { normalize(false) })
      .isEqualTo(EmbedderParams.builder().normalize(false).build())
    assertThat(rerankerParams { threads(2) }).isEqualTo(RerankerParams.builder().threads(2).build())
    assertThat(samplerParams { temperature(0.2) })
      .isEqualTo(SamplerParams.builder().temperature(0.2).build())
    assertThat(engineParams {}).isEqualTo(EngineParams.defaults())
  }

  @Test
  fun contextOfAnEngineStartsFromTheEnginesDefaults() {
    assertThat(engineParams { context {} }).isEqualTo(EngineParams.defaults())
    assertThat(
        engineParams {
          slots(4)
          context { threads(2) }
        }
      )
      .isEqualTo(
        EngineParams.builder()
          .slots(4)
          .context(ContextParams.builder().contextSize(8192).threads(2).build())
          .build()
      )
  }

  @Test
  fun requests() {
    assertThat(generationRequest("Once")).isEqualTo(GenerationRequest.builder("Once").build())
    assertThat(
        generationRequest("Once") {
          maxTokens(20)
          timeout(30.seconds)
          sampler {
            temperature(0.2)
            seed(7)
          }
        }
      )
      .isEqualTo(
        GenerationRequest.builder("Once")
          .maxTokens(20)
          .timeout(java.time.Duration.ofSeconds(30))
          .sampler(SamplerParams.builder().temperature(0.2).seed(7).build())
          .build()
      )
    assertThat(generationRequest(intArrayOf(1, 2)) { echo(true) })
      .isEqualTo(GenerationRequest.builder(intArrayOf(1, 2)).echo(true).build())
    assertFailsWith<InvalidValueException> { generationRequest("Once") { maxTokens(-1) } }
  }

  @Test
  fun chats() {
    val call = ToolCall.of("1", "now", "{}")
    val history = listOf(ChatMessage.developer("Be brief."))
    val messages =
      listOf(
        ChatMessage.system("You are a pirate."),
        ChatMessage.developer("Be brief."),
        ChatMessage.user("Hi"),
        ChatMessage.assistant("Arr"),
        ChatMessage.toolResult(call, "noon"),
        ChatMessage.user("Bye"),
      )
    val tool = Tool.of("now", "", "{}")
    val request =
      ChatRequest.builder(messages)
        .tools(tool)
        .timeout(java.time.Duration.ofMillis(5))
        .sampler(SamplerParams.builder().topK(3).build())
        .build()
    val block: Messages.() -> Unit = {
      system("You are a pirate.")
      addAll(history)
      user("Hi")
      assistant("Arr")
      toolResult(call, "noon")
      add(ChatMessage.user("Bye"))
    }
    assertThat(messages { developer("Be brief.") }).isEqualTo(history)
    assertThat(messages(block)).isEqualTo(messages)
    assertThat(
        chatRequest {
          messages(block)
          tools(tool)
          timeout(5.milliseconds)
          sampler { topK(3) }
        }
      )
      .isEqualTo(request)
    assertThat(
        chatRequest(messages) {
          tools(tool)
          timeout(5.milliseconds)
          sampler { topK(3) }
        }
      )
      .isEqualTo(request)
    assertThat(chatRequest("Hi")).isEqualTo(ChatRequest.builder(ChatMessage.user("Hi")).build())
    assertFailsWith<InvalidValueException> { chatRequest {} }
  }

  @Test
  fun toolsMaySuspend() {
    val box = toolBox {
      timeout(1.seconds)
      maxRounds(3)
      tool("late", "", "{}") {
        delay(1.milliseconds)
        "late: $it"
      }
      tool("never", "", "{}") {
        delay(1_000_000.seconds)
        "never"
      }
    }
    assertThat(box.tools()).extracting<String> { it.name() }.containsExactly("late", "never")
    assertThat(box.timeout()).isEqualTo(java.time.Duration.ofSeconds(1))
    assertThat(box.maxRounds()).isEqualTo(3)
    val results = box.call(listOf(ToolCall.of("1", "late", "{}"), ToolCall.of("2", "never", "{}")))
    assertThat(results[0].text()).isEqualTo("late: {}")
    assertThat(results[1].text()).contains("the tool took more than 1.0 seconds")
  }

  /** What takes a block, by the type of its receiver as Java sees it. */
  private val blocks: List<Method> =
    listOf("ParamsKt", "RequestsKt", "ToolsKt")
      .flatMap { Class.forName("dev.llamastream.kotlin.$it").declaredMethods.toList() }
      .filter { Modifier.isPublic(it.modifiers) }
      .filter { method -> method.parameterTypes.any { it.simpleName == "Function1" } }

  private fun receiver(method: Method): String =
    method.genericParameterTypes.last().typeName.substringAfter("super ").substringBefore(",")

  private val builders =
    listOf(
      ModelParams.Builder::class.java,
      ContextParams.Builder::class.java,
      EngineParams.Builder::class.java,
      EmbedderParams.Builder::class.java,
      RerankerParams.Builder::class.java,
      SamplerParams.Builder::class.java,
      GenerationRequest.Builder::class.java,
      ChatRequest.Builder::class.java,
      Conversation.Builder::class.java,
      ToolBox.Builder::class.java,
    )

  /** The receiver is Java's builder itself, so no option can be forgotten. */
  @Test
  fun eachBuilderHasItsBlock() {
    assertThat(blocks.map(::receiver)).containsAll(builders.map { it.typeName })
  }

  /** An option whose value has a builder has a nested block. */
  @Test
  fun eachOptionWithABuilderHasItsBlock() {
    val nested = builders.flatMap { builder ->
      builder.methods
        .filter { it.returnType == builder && it.parameterCount == 1 }
        .filter { option -> builders.any { it.enclosingClass == option.parameterTypes[0] } }
        .map { "${builder.typeName} ${it.name} ${it.parameterTypes[0].typeName}\$Builder" }
    }
    val there =
      blocks
        .filter { it.parameterCount == 2 }
        .map { "${it.parameterTypes[0].typeName} ${it.name} ${receiver(it)}" }
    assertThat(nested).hasSize(4)
    assertThat(there).containsAll(nested)
  }
}
