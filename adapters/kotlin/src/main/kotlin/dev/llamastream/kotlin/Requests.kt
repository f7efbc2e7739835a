package dev.llamastream.kotlin

import dev.llamastream.GenerationRequest
import dev.llamastream.Generator
import dev.llamastream.SamplerParams
import dev.llamastream.chat.ChatMessage
import dev.llamastream.chat.ChatRequest
import dev.llamastream.chat.Conversation
import kotlin.time.Duration
import kotlin.time.toJavaDuration

/**
 * A request that continues a text. The block calls the methods of the builder:
 * `generationRequest("Once upon a time") { maxTokens(20); sampler { temperature(0.2) } }`.
 *
 * @since 0.1.0
 */
public fun generationRequest(
  prompt: String,
  block: @LlamaDsl GenerationRequest.Builder.() -> Unit = {},
): GenerationRequest = GenerationRequest.builder(prompt).apply(block).build()

/**
 * A request that continues token ids, as [generationRequest].
 *
 * @since 0.1.0
 */
public fun generationRequest(
  promptTokens: IntArray,
  block: @LlamaDsl GenerationRequest.Builder.() -> Unit = {},
): GenerationRequest = GenerationRequest.builder(promptTokens).apply(block).build()

/**
 * A request for one answer. The block calls the methods of the builder: `chatRequest { messages {
 * system("Be brief."); user("Why is the sky blue?") }; maxTokens(40) }`.
 *
 * @since 0.1.0
 */
public fun chatRequest(block: @LlamaDsl ChatRequest.Builder.() -> Unit): ChatRequest =
  ChatRequest.builder().apply(block).build()

/**
 * A request for the answer to one question, as [chatRequest].
 *
 * @since 0.1.0
 */
public fun chatRequest(
  user: String,
  block: @LlamaDsl ChatRequest.Builder.() -> Unit = {},
): ChatRequest = chatRequest(listOf(ChatMessage.user(user)), block)

/**
 * A request for the answer to these messages, as [chatRequest].
 *
 * @since 0.1.0
 */
public fun chatRequest(
  messages: List<ChatMessage>,
  block: @LlamaDsl ChatRequest.Builder.() -> Unit = {},
): ChatRequest = ChatRequest.builder(messages).apply(block).build()

/**
 * A conversation with this generator. The block calls the methods of the builder.
 *
 * @since 0.1.0
 */
public fun Generator.conversation(
  block: @LlamaDsl Conversation.Builder.() -> Unit = {}
): Conversation = Conversation.builder(this).apply(block).build()

/**
 * How tokens are chosen: [GenerationRequest.sampler].
 *
 * @since 0.1.0
 */
public fun GenerationRequest.Builder.sampler(
  block: @LlamaDsl SamplerParams.Builder.() -> Unit
): GenerationRequest.Builder = sampler(samplerParams(block))

/**
 * How tokens are chosen: [ChatRequest.sampler].
 *
 * @since 0.1.0
 */
public fun ChatRequest.Builder.sampler(
  block: @LlamaDsl SamplerParams.Builder.() -> Unit
): ChatRequest.Builder = sampler(samplerParams(block))

/**
 * The messages: [ChatRequest.messages]. Replaces those that the builder has.
 *
 * @since 0.1.0
 */
public fun ChatRequest.Builder.messages(block: Messages.() -> Unit): ChatRequest.Builder =
  messages(dev.llamastream.kotlin.messages(block))

/**
 * How long the stream may take: [GenerationRequest.timeout].
 *
 * @since 0.1.0
 */
public fun GenerationRequest.Builder.timeout(value: Duration): GenerationRequest.Builder =
  timeout(value.toJavaDuration())

/**
 * How long the answer may take: [ChatRequest.timeout].
 *
 * @since 0.1.0
 */
public fun ChatRequest.Builder.timeout(value: Duration): ChatRequest.Builder =
  timeout(value.toJavaDuration())
