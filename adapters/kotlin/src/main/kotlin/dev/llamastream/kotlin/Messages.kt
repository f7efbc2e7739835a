package dev.llamastream.kotlin

import dev.llamastream.chat.ChatMessage
import dev.llamastream.chat.ToolCall

/**
 * Messages, in order: `messages { system("Be brief."); user("Why is the sky blue?") }`.
 *
 * @since 0.1.0
 */
public fun messages(block: Messages.() -> Unit): List<ChatMessage> = Messages().apply(block).list()

/**
 * The receiver of a block of messages. Not thread-safe.
 *
 * @since 0.1.0
 */
@LlamaDsl
public class Messages internal constructor() {
  private val messages = mutableListOf<ChatMessage>()

  /** Adds [ChatMessage.system]. */
  public fun system(text: String): Unit = add(ChatMessage.system(text))

  /** Adds [ChatMessage.developer]. */
  public fun developer(text: String): Unit = add(ChatMessage.developer(text))

  /** Adds [ChatMessage.user]. */
  public fun user(text: String): Unit = add(ChatMessage.user(text))

  /** Adds [ChatMessage.assistant]. */
  public fun assistant(text: String): Unit = add(ChatMessage.assistant(text))

  /** Adds [ChatMessage.toolResult]. */
  public fun toolResult(call: ToolCall, result: String): Unit =
    add(ChatMessage.toolResult(call, result))

  /** Adds a message. */
  public fun add(message: ChatMessage) {
    messages += message
  }

  /** Adds messages, for instance [dev.llamastream.chat.Conversation.history]. */
  public fun addAll(all: Iterable<ChatMessage>) {
    messages += all
  }

  internal fun list(): List<ChatMessage> = messages.toList()
}
