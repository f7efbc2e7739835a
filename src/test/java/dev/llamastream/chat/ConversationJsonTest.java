package dev.llamastream.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Histories as JSON. */
class ConversationJsonTest {

  private static final ToolCall CALL = ToolCall.of("id 1", "weather", "{\"city\":\"S\\u00e3o\"}");
  private static final ToolCall HALF = ToolCall.of("", "weather", "{\"ci");

  private static final List<ChatMessage> HISTORY =
      List.of(
          ChatMessage.system("Be \"brief\".\n\t\\\r\u0001\u2028\u007f"),
          ChatMessage.developer("äöü 日本語 👋🏽 \ufeff"),
          ChatMessage.user(""),
          ChatMessage.builder(ChatMessage.Role.USER).build(),
          ChatMessage.builder(ChatMessage.Role.USER).text("one").text("").text("two").build(),
          ChatMessage.builder(ChatMessage.Role.ASSISTANT)
              .thinking("<think>hm</think>")
              .text("I ask.")
              .toolCalls(List.of(CALL, HALF))
              .build(),
          ChatMessage.toolResult(CALL, "{\"sun\": true}"),
          ChatMessage.toolResult(HALF, "{\"error\":\"…\"}"),
          ChatMessage.builder(ChatMessage.Role.ASSISTANT).toolCalls(List.of(CALL)).build(),
          ChatMessage.assistant("Sunny."));

  private static Conversation.Builder builder() {
    return Conversation.builder(new ScriptedGenerator());
  }

  private static List<ChatMessage> read(String json) {
    return builder().json(json).build().history();
  }

  @Test
  void whatIsWrittenIsReadWithoutLoss() {
    String json = builder().history(HISTORY).build().toJson();
    assertThat(read(json)).isEqualTo(HISTORY);
    assertThat(builder().json(json).build().toJson()).isEqualTo(json);
    assertThat(read(builder().build().toJson())).isEmpty();
  }

  @Test
  void theFormIsThatOfOpenAi() {
    assertThat(builder().history(HISTORY.subList(5, 7)).build().toJson())
        .isEqualTo(
            """
            {"messages":[{"role":"assistant","content":"I ask.",\
            "reasoning_content":"<think>hm</think>","tool_calls":[{"id":"id 1","type":"function",\
            "function":{"name":"weather","arguments":"{\\"city\\":\\"S\\\\u00e3o\\"}"}},\
            {"id":"","type":"function","function":{"name":"weather","arguments":"{\\"ci"}}]},\
            {"role":"tool","content":"{\\"sun\\": true}","tool_call_id":"id 1","name":"weather"}]}\
            """);
  }

  @Test
  void whatOthersWrite() {
    assertThat(
            read(
                """
                {"model": "x", "messages": [
                  {"role": "user", "name": "Anna", "content": [{"type": "text", "text": "Hi"}]},
                  {"role": "assistant", "content": null, "refusal": null, "annotations": [],
                    "tool_calls": [{"id": "1", "type": "function",
                      "function": {"name": "f", "arguments": {"a": [1.50]}}}]},
                  {"role": "tool", "tool_call_id": "1", "content": "ok"}
                ]}
                """))
        .containsExactly(
            ChatMessage.user("Hi"),
            ChatMessage.builder(ChatMessage.Role.ASSISTANT)
                .toolCalls(List.of(ToolCall.of("1", "f", "{\"a\":[1.50]}")))
                .build(),
            ChatMessage.builder(ChatMessage.Role.TOOL).toolCallId("1").text("ok").build());
    assertThat(read("[{\"role\": \"user\", \"content\": \"Hi\"}]"))
        .containsExactly(ChatMessage.user("Hi"));
  }

  @Test
  void whatIsNoHistory() {
    for (String json : List.of("", "{", "[{]", "{\"messages\": []} x", "[".repeat(1_000))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> read(json))
          .withMessageStartingWith("json: ");
    }
    for (String json : List.of("1", "\"x\"", "{}", "{\"messages\": null}", "{\"messages\": {}}")) {
      refuses("must be an object with messages", json);
    }
    refuses("messages[0]: the message: must be an object", "[1]");
    refuses("messages[0]: role: \"\" is none", "[{}]");
    refuses("messages[0]: role: \"USER\" is none", "[{\"role\": \"USER\"}]");
    refuses("messages[0]: role: must be a string", "[{\"role\": 1}]");
    String first = "[{\"role\": \"user\"}, {\"role\": \"user\", \"content\": ";
    refuses("messages[1]: content: must be a string or an array", first + "1}]");
    refuses("messages[1]: content: must be an object", first + "[\"x\"]}]");
    refuses(
        "messages[1]: content: type \"image_url\" is not text",
        first + "[{\"type\": \"image_url\"}]}]");
    refuses("messages[1]: content: NUL at index 0, must have none", first + "\"\\u0000\"}]");
    refuses(
        "messages[1]: content: half a surrogate pair at index 0, must be whole characters",
        first + "\"\\ud800\"}]");
    refuses(
        "messages[0]: thinking: in a message of USER, must be in one of ASSISTANT",
        "[{\"role\": \"user\", \"reasoning_content\": \"x\"}]");
    String call = "[{\"role\": \"assistant\", \"tool_calls\": ";
    refuses("messages[0]: tool_calls: must be an array", call + "{}}]");
    refuses("messages[0]: tool_calls: must be an object", call + "[1]}]");
    refuses("messages[0]: function: must be an object", call + "[{}]}]");
    refuses(
        "messages[0]: arguments: must be a string",
        call + "[{\"function\": {\"arguments\": 1}}]}]");
  }

  private static void refuses(String reason, String json) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(json))
        .withMessage("json: " + reason);
  }
}
