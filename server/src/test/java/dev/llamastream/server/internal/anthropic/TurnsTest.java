package dev.llamastream.server.internal.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ContentPart;
import dev.llamastream.chat.ToolCall;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code system} and {@code messages} as the messages that the model gets. */
class TurnsTest {

  private static final ChatMessage HI = ChatMessage.user("Hi");
  private static final ToolCall CALL = ToolCall.of("t1", "now", "{\"zone\":\"UTC\"}");
  private static final String CALLING =
      """
      {"role":"user","content":"Hi"},{"role":"assistant","content":[
      {"type":"thinking","thinking":"Hm.","signature":"x"},
      {"type":"redacted_thinking","data":"x"},
      {"type":"text","text":"Let me look."},
      {"type":"tool_use","id":"t1","name":"now","input":{"zone":"UTC"},"cache_control":{"type":"ephemeral"}}]}
      """;

  private static List<ChatMessage> read(String fields) {
    return Turns.read(RequestJson.parse("{" + fields + "}"), "");
  }

  private static List<ChatMessage> turns(String... turns) {
    return read("\"messages\":[" + String.join(",", turns) + "]");
  }

  private static ChatMessage texts(ChatMessage.Role role, String... texts) {
    ChatMessage.Builder message = ChatMessage.builder(role);
    for (String text : texts) {
      message.text(text);
    }
    return message.build();
  }

  @Test
  void textsAndBlocks() {
    assertThat(
            turns(
                """
                {"role":"user","content":"Hi"}""",
                """
                {"role":"assistant","content":[{"type":"text","text":"Hello"}]}""",
                """
                {"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},
                {"type":"text","text":"b","citations":null}]}"""))
        .containsExactly(
            HI, ChatMessage.assistant("Hello"), texts(ChatMessage.Role.USER, "a", "b"));
  }

  @Test
  void system() {
    String hi = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
    assertThat(read("\"system\":\"Be kind.\"," + hi))
        .containsExactly(ChatMessage.system("Be kind."), HI);
    assertThat(
            read(
                """
                "system":[{"type":"text","text":"a"},{"type":"text","text":"b","cache_control":{"type":"ephemeral"}}],
                """
                    + hi))
        .containsExactly(texts(ChatMessage.Role.SYSTEM, "a", "b"), HI);
    assertThat(read("\"system\":[]," + hi)).containsExactly(HI);
    assertThat(
            turns(
                "{\"role\":\"user\",\"content\":\"Hi\"}",
                "{\"role\":\"system\",\"content\":\"a\"}"))
        .containsExactly(HI, ChatMessage.system("a"));
  }

  @Test
  void theDefaultSystemMessageIsForRequestsWithoutOne() {
    RequestJson without =
        RequestJson.parse("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
    RequestJson with =
        RequestJson.parse(
            "{\"system\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
    assertThat(Turns.read(without, "d")).containsExactly(ChatMessage.system("d"), HI);
    assertThat(Turns.read(with, "d")).containsExactly(ChatMessage.system("a"), HI);
  }

  @Test
  void callsAndTheirResults() {
    assertThat(
            turns(
                CALLING,
                """
                {"role":"user","content":[
                {"type":"tool_result","tool_use_id":"t1","content":"12:00","cache_control":null},
                {"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
                {"type":"tool_result","tool_use_id":"t1","is_error":true,"content":"no clock"},
                {"type":"tool_result","tool_use_id":"t1"},
                {"type":"text","text":"So?"}]}"""))
        .containsExactly(
            HI,
            ChatMessage.builder(ChatMessage.Role.ASSISTANT)
                .content(List.of(new ContentPart.Text("Let me look.")))
                .thinking("Hm.")
                .toolCalls(List.of(CALL))
                .build(),
            ChatMessage.toolResult(CALL, "12:00"),
            ChatMessage.toolResult(CALL, "a\nb"),
            ChatMessage.toolResult(CALL, "Error: no clock"),
            ChatMessage.toolResult(CALL, ""),
            ChatMessage.user("So?"));
  }

  @Test
  void turnsOfOneAuthorBecomeOne() {
    assertThat(
            turns(
                "{\"role\":\"user\",\"content\":\"a\"}",
                "{\"role\":\"user\",\"content\":\"b\"}",
                "{\"role\":\"assistant\",\"content\":\"c\"}",
                "{\"role\":\"assistant\",\"content\":\"d\"}"))
        .containsExactly(
            texts(ChatMessage.Role.USER, "a", "b"), texts(ChatMessage.Role.ASSISTANT, "c", "d"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "messages":null | messages: must be a list of at least 1 message
          "messages":[] | messages: must be a list of at least 1 message
          "messages":"Hi" | messages: "Hi", must be a list
          "messages":[1] | messages[0]: 1, must be an object
          "messages":[{"content":"Hi"}] | messages[0].role: missing, must be a text
          "messages":[{"role":"tool","content":"Hi"}] | messages[0].role: must be user, assistant or system
          "messages":[{"role":"user"}] | messages[0].content: missing, must be a text or a list of blocks
          "messages":[{"role":"user","content":7}] | messages[0].content: 7, must be a text or a list of blocks
          "messages":[{"role":"user","content":[]}] | messages: must have at least 1 block
          "messages":[{"role":"user","content":["Hi"]}] | messages[0].content[0]: "Hi", must be an object
          "messages":[{"role":"user","content":[{"text":"Hi"}]}] | messages[0].content[0].type: missing, must be a text
          "messages":[{"role":"user","content":[{"type":"text"}]}] | messages[0].content[0].text: missing, must be a text
          "messages":[{"role":"user","content":[{"type":"image","source":{}}]}] | messages[0].content[0].type: image is not supported, must be text or tool_result: this model reads only text
          "messages":[{"role":"user","content":[{"type":"document"}]}] | messages[0].content[0].type: document is not supported, must be text or tool_result: this model reads only text
          "messages":[{"role":"user","content":[{"type":"tool_use"}]}] | messages[0].content[0].type: tool_use is not supported, must be text or tool_result: this model reads only text
          "messages":[{"role":"user","content":[{"type":"tool_result"}]}] | messages[0].content[0].tool_use_id: missing, must be a text
          "messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"x"}]}] | messages[0].content[0].tool_use_id: "x", must be the id of a tool_use before it
          "messages":[{"role":"assistant","content":[{"type":"server_tool_use"}]}] | messages[0].content[0].type: server_tool_use is not supported, must be text, thinking, redacted_thinking or tool_use
          "messages":[{"role":"assistant","content":[{"type":"tool_use","name":"x"}]}] | messages[0].content[0].id: missing, must be a text
          "messages":[{"role":"assistant","content":[{"type":"tool_use","id":"x"}]}] | messages[0].content[0].name: missing, must be a text
          "messages":[{"role":"assistant","content":[{"type":"tool_use","id":"x","name":"x","input":"{}"}]}] | messages[0].content[0].input: "{}", must be an object
          "messages":[{"role":"assistant","content":[{"type":"tool_use","id":"x","name":"x","input":{}}]}] | messages: end in a tool_use, must end in its tool_result
          "messages":[{"role":"assistant","content":[{"type":"thinking"}]}] | messages[0].content[0].thinking: missing, must be a text
          "system":7,"messages":[{"role":"user","content":"Hi"}] | system: 7, must be a text or a list of blocks
          "system":[{"type":"image"}],"messages":[{"role":"user","content":"Hi"}] | system[0].type: image is not supported, must be text
          """)
  void refusesByName(String fields, String message) {
    assertThatThrownBy(() -> read(fields)).isInstanceOf(ApiError.class).hasMessage(message);
  }

  @Test
  void refusesAnImageInAResult() {
    assertThatThrownBy(
            () ->
                turns(
                    CALLING,
                    """
                    {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":[{"type":"image"}]}]}"""))
        .hasMessage(
            "messages[2].content[0].content[0].type: image is not supported, must be text: this"
                + " model reads only text");
  }
}
