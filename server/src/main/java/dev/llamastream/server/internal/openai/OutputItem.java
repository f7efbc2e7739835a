package dev.llamastream.server.internal.openai;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An item of the output of a response. Its status is in_progress, completed or incomplete. */
sealed interface OutputItem {

  /** What the model says. */
  record Message(String id, String type, String status, String role, List<Part> content)
      implements OutputItem {

    static Message of(String id, String status, List<Part> content) {
      return new Message(id, "message", status, "assistant", content);
    }
  }

  /**
   * What the model thinks.
   *
   * @param summary empty: the content is the reasoning itself
   * @param encryptedContent null for the same reason
   */
  record Reasoning(
      String id,
      String type,
      String status,
      List<Part> summary,
      List<Part> content,
      @Nullable String encryptedContent)
      implements OutputItem {

    static Reasoning of(String id, String status, List<Part> content) {
      return new Reasoning(id, "reasoning", status, List.of(), content, null);
    }
  }

  /** The model's wish to call a tool. */
  record Call(String id, String type, String status, String callId, String name, String arguments)
      implements OutputItem {

    static Call of(String id, String status, String callId, String name, String arguments) {
      return new Call(id, "function_call", status, callId, name, arguments);
    }
  }

  /** A part of a content. */
  sealed interface Part {}

  /**
   * A text.
   *
   * @param annotations none
   * @param logprobs empty unless asked for
   */
  record Text(String type, String text, List<Part> annotations, List<ChatLogprobs.Chosen> logprobs)
      implements Part {

    static Text of(String text, List<ChatLogprobs.Chosen> logprobs) {
      return new Text("output_text", text, List.of(), logprobs);
    }
  }

  /** A thought. */
  record Thought(String type, String text) implements Part {

    static Thought of(String text) {
      return new Thought("reasoning_text", text);
    }
  }
}
