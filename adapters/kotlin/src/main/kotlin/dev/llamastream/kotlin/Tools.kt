package dev.llamastream.kotlin

import dev.llamastream.chat.Conversation
import dev.llamastream.chat.Tool
import dev.llamastream.chat.ToolBox
import kotlin.time.Duration
import kotlin.time.toJavaDuration
import kotlinx.coroutines.runBlocking

/**
 * Tools that a conversation runs. The block calls the methods of the builder, and [tool].
 *
 * @since 0.1.0
 */
public fun toolBox(block: @LlamaDsl ToolBox.Builder.() -> Unit): ToolBox =
  ToolBox.builder().apply(block).build()

/**
 * Adds a tool that is a suspending function. It runs in a virtual thread; its coroutine is
 * cancelled when its time is up or nobody waits for it any more.
 *
 * @param name see [Tool.of]
 * @param description see [Tool.of]
 * @param parameters a JSON schema of an object, as text
 * @param call gets a JSON object as text, and returns JSON or a sentence:
 *   [dev.llamastream.chat.ToolFunction.call]
 * @since 0.1.0
 */
public fun ToolBox.Builder.tool(
  name: String,
  description: String,
  parameters: String,
  call: suspend (String) -> String,
): ToolBox.Builder =
  add(Tool.of(name, description, parameters)) { arguments -> runBlocking { call(arguments) } }

/**
 * How long a call may take: [ToolBox.timeout].
 *
 * @since 0.1.0
 */
public fun ToolBox.Builder.timeout(value: Duration): ToolBox.Builder =
  timeout(value.toJavaDuration())

/**
 * The tools that are run for the model: [Conversation.Builder.toolBox].
 *
 * @since 0.1.0
 */
public fun Conversation.Builder.toolBox(
  block: @LlamaDsl ToolBox.Builder.() -> Unit
): Conversation.Builder = toolBox(dev.llamastream.kotlin.toolBox(block))
