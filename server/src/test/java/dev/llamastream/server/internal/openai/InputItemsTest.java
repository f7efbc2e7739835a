package dev.llamastream.server.internal.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ToolCall;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InputItemsTest {

  private static List<ChatMessage> read(String fields) {
    return InputItems.read(RequestJson.parse("{" + fields + "}"), "");
  }

  @Test
  void aText() {
    assertThat(read("\"input\": \"Hi\"")).containsExactly(ChatMessage.user("Hi"));
    assertThat(read("\"input\": \"Hi\", \"instructions\": \"Be brief.\""))
        .containsExactly(ChatMessage.system("Be brief."), ChatMessage.user("Hi"));
  }

  @Test
  void theDefaultSystemMessageIsForWhatNothingInstructs() {
    RequestJson plain = RequestJson.parse("{\"input\": \"Hi\"}");
    assertThat(InputItems.read(plain, "Be kind."))
        .containsExactly(ChatMessage.system("Be kind."), ChatMessage.user("Hi"));
    RequestJson instructed =
        RequestJson.parse("{\"input\": [{\"role\": \"developer\", \"content\": \"Hi\"}]}");
    assertThat(InputItems.read(instructed, "Be kind.")).hasSize(1);
  }

  @Test
  void whatTheModelDidInARowIsOneMessage() {
    List<ChatMessage> messages =
        read(
            """
            "input": [
              {"role": "user", "content": [{"type": "input_text", "text": "Weather "},
                                           {"type": "input_text", "text": "there?"}]},
              {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": null,
               "content": [{"type": "reasoning_text", "text": "Hm."}]},
              {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
               "content": [{"type": "output_text", "text": "I look.", "annotations": []}]},
              {"type": "function_call", "id": "fc_1", "call_id": "a", "name": "get_weather",
               "arguments": "{\\"city\\":\\"Paris\\"}", "status": "completed"},
              {"type": "function_call", "call_id": "b", "name": "now", "arguments": "{}"},
              {"type": "function_call_output", "call_id": "b", "output": "Noon"},
              {"type": "function_call_output", "call_id": "a",
               "output": [{"type": "input_text", "text": "Sunny"}]},
              {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Aha."}]},
              {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]},
              {"type": "message", "role": "system", "content": "Go on."}]
            """);
    ToolCall weather = ToolCall.of("a", "get_weather", "{\"city\":\"Paris\"}");
    ToolCall now = ToolCall.of("b", "now", "{}");
    assertThat(messages)
        .containsExactly(
            ChatMessage.user("Weather there?"),
            ChatMessage.builder(ChatMessage.Role.ASSISTANT)
                .thinking("Hm.")
                .text("I look.")
                .toolCalls(List.of(weather, now))
                .build(),
            ChatMessage.toolResult(now, "Noon"),
            ChatMessage.toolResult(weather, "Sunny"),
            ChatMessage.builder(ChatMessage.Role.ASSISTANT).thinking("Aha.").text("No.").build(),
            ChatMessage.system("Go on."));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "'\"instructions\": \"x\"'; input",
        "'\"input\": 5'; input",
        "'\"input\": []'; input",
        "'\"input\": [5]'; input[0]",
        "'\"input\": \"x\", \"instructions\": []'; instructions",
        "'\"input\": [{\"content\": \"x\"}]'; input[0].role",
        "'\"input\": [{\"role\": \"tool\", \"content\": \"x\"}]'; input[0].role",
        "'\"input\": [{\"role\": \"user\"}]'; input[0].content",
        "'\"input\": [{\"role\": \"user\", \"content\": 1}]'; input[0].content",
        "'\"input\": [{\"type\": \"item_reference\", \"id\": \"a\"}]'; input[0].type",
        "'\"input\": [{\"type\": \"web_search_call\"}]'; input[0].type",
        "'\"input\": [{\"type\": \"function_call\", \"name\": \"a\"}]'; input[0].call_id",
        "'\"input\": [{\"type\": \"function_call_output\", \"call_id\": \"a\"}]'; input[0].output",
        "'\"input\": [{\"role\": \"user\", \"content\": [{\"type\": \"input_image\"}]}]'; input[0].content[0].type",
        "'\"input\": [{\"role\": \"user\", \"content\": [{\"text\": \"x\"}]}]'; input[0].content[0].type",
        "'\"input\": [{\"role\": \"user\", \"content\": [{\"type\": \"input_text\"}]}]'; input[0].content[0].text",
      })
  void refusedFields(String fields, String field) {
    assertThatThrownBy(() -> read(fields))
        .isInstanceOf(ApiError.class)
        .hasMessageStartingWith(field + ": ");
  }
}
