package dev.llamastream.server.internal.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.Tool;
import dev.llamastream.chat.ToolChoice;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Defaults;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fields of a request, except for its messages. */
class MessagesRequestTest {

  private static final String HI = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
  private static final String TOOLS =
      "\"tools\":[{\"name\":\"now\",\"input_schema\":{\"type\":\"object\"}}]";

  private static MessagesRequest read(String fields) {
    return read(fields, Defaults.NONE);
  }

  private static MessagesRequest read(String fields, Defaults defaults) {
    String more = fields.isEmpty() ? "" : "," + fields;
    return MessagesRequest.read(RequestJson.parse("{" + HI + more + "}"), defaults);
  }

  private static ChatRequest chat(String fields) {
    return read(fields).chat();
  }

  @Test
  void limitsAndSampling() {
    ChatRequest chat =
        chat(
            """
            "model":"any","max_tokens":7,"stop_sequences":["a","b"],
            "temperature":0.25,"top_p":0.5,"top_k":3,"seed":4""");
    assertThat(chat.maxTokens()).isEqualTo(7);
    assertThat(chat.stopSequences()).containsExactly("a", "b");
    assertThat(chat.sampler())
        .isEqualTo(SamplerParams.builder().temperature(0.25).topP(0.5).topK(3).seed(4).build());
  }

  @Test
  void whatIsNotSaidIsByDefault() {
    SamplerParams greedy = SamplerParams.greedy();
    ChatRequest chat = read("", new Defaults(greedy, List.of("x"), 5, "Be kind.", "")).chat();
    assertThat(chat.sampler()).isEqualTo(greedy);
    assertThat(chat.stopSequences()).containsExactly("x");
    assertThat(chat.messages()).hasSize(2);
    assertThat(read("").stream()).isFalse();
    assertThat(read("\"stream\":true").stream()).isTrue();
    assertThat(chat("\"stop_sequences\":[]").stopSequences()).isEmpty();
  }

  @Test
  void tools() {
    ChatRequest chat =
        chat(
            """
            "tools":[{"type":"custom","name":"now","description":"The time","strict":true,
            "cache_control":{"type":"ephemeral"},"input_schema":{"type":"object","properties":{}}},
            {"name":"later","input_schema":{"type":"object"}}]""");
    assertThat(chat.tools())
        .containsExactly(
            Tool.of("now", "The time", "{\"type\":\"object\",\"properties\":{}}"),
            Tool.of("later", "", "{\"type\":\"object\"}"));
    assertThat(chat.toolChoice()).isEqualTo(ToolChoice.AUTO);
    assertThat(chat.parallelToolCalls()).isTrue();
  }

  @Test
  void toolChoice() {
    assertThat(choice("{\"type\":\"auto\"}").toolChoice()).isEqualTo(ToolChoice.AUTO);
    assertThat(choice("{\"type\":\"any\"}").toolChoice()).isEqualTo(ToolChoice.REQUIRED);
    assertThat(choice("{\"type\":\"none\"}").toolChoice()).isEqualTo(ToolChoice.NONE);
    assertThat(choice("{\"type\":\"tool\",\"name\":\"now\"}").toolChoice())
        .isEqualTo(ToolChoice.of("now"));
    ChatRequest single = choice("{\"type\":\"any\",\"disable_parallel_tool_use\":true}");
    assertThat(single.parallelToolCalls()).isFalse();
  }

  private static ChatRequest choice(String json) {
    return chat(TOOLS + ",\"tool_choice\":" + json);
  }

  @Test
  void thinking() {
    assertThat(chat("").thinking()).isFalse();
    assertThat(chat("\"thinking\":{\"type\":\"disabled\"}").thinking()).isFalse();
    assertThat(chat("\"thinking\":{\"type\":\"adaptive\"}").thinking()).isTrue();
    assertThat(chat("\"thinking\":{\"type\":\"adaptive\"}").thinkingBudget()).isEqualTo(-1);
    ChatRequest enabled = chat("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":9}");
    assertThat(enabled.thinking()).isTrue();
    assertThat(enabled.thinkingBudget()).isEqualTo(9);
    assertThat(read("").showThinking()).isTrue();
    assertThat(read("\"thinking\":{\"type\":\"adaptive\",\"display\":\"omitted\"}").showThinking())
        .isFalse();
  }

  @Test
  void output() {
    ChatRequest chat =
        chat(
            """
            "output_config":{"effort":"low","format":{"type":"json_schema","schema":{"type":"object"}}}""");
    assertThat(chat.responseSchema()).isEqualTo("{\"type\":\"object\"}");
    assertThat(chat.templateArguments()).isEqualTo(Map.of("reasoning_effort", "\"low\""));
  }

  @Test
  void continuesTheAssistantsTurn() {
    RequestJson json =
        RequestJson.parse(
            """
            {"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"He"}]}""");
    assertThat(MessagesRequest.read(json, Defaults.NONE).chat().continueLast()).isTrue();
    assertThat(chat("").continueLast()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"metadata\":{\"user_id\":\"x\"}",
        "\"service_tier\":\"auto\"",
        "\"cache_control\":{\"type\":\"ephemeral\"}",
        "\"speed\":\"standard\"",
        "\"container\":null",
        "\"mcp_servers\":[]",
        "\"context_management\":{\"edits\":[]}",
        "\"context_management\":{\"edits\":[{\"type\":\"clear_thinking_20251015\",\"keep\":\"all\"}]}"
      })
  void ignoresWhatChangesNothing(String field) {
    assertThat(read(field)).isEqualTo(read(""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "max_tokens":-1 | max_tokens: -1, must be in [0, 2147483647]
          "max_tokens":"1" | max_tokens: "1", must be a whole number
          "max_tokens":1e99 | max_tokens: 1.0E99, must be in [0, 2147483647]
          "temperature":1.5 | temperature: 1.5, must be in [0, 1]
          "temperature":-0.5 | temperature: -0.5, must be in [0, 1]
          "temperature":"hot" | temperature: "hot", must be a number
          "top_p":2 | top_p: 2.0, must be in [0.0, 1.0]
          "top_k":-2 | top_k: -2, must be
          "stop_sequences":[1] | stop_sequences: 1, must be a text
          "stop_sequences":[""] | stop_sequences
          "stream":"yes" | stream: "yes", must be true or false
          "model":1 | model: 1, must be a text
          "tools":{} | tools: {}, must be a list
          "tools":[{"input_schema":{}}] | tools[0].name: missing
          "tools":[{"name":"a b","input_schema":{"type":"object"}}] | tools[0].name: "a b"
          "tools":[{"name":"a"}] | tools[0].input_schema: missing, must be a JSON schema
          "tools":[{"name":"a","input_schema":7}] | tools[0].input_schema: 7, must be a JSON schema of an object
          "tools":[{"type":"bash_20250124","name":"bash"}] | tools[0].type: bash_20250124 is not supported, must be custom
          "tools":[{"name":"a","input_schema":{"type":"object"}},{"name":"a","input_schema":{"type":"object"}}] | tools
          "tool_choice":"auto" | tool_choice: "auto", must be an object
          "tool_choice":{"type":"any"} | tool_choice.type: any, but there are no tools
          "tool_choice":{"type":"some"} | tool_choice.type: must be auto, any, tool or none
          "tool_choice":{"type":"tool"} | tool_choice.name: missing
          "tool_choice":{"type":"tool","name":"x"} | tool_choice: no tool is named "x"
          "tool_choice":{"type":"auto","disable_parallel_tool_use":1} | tool_choice.disable_parallel_tool_use: 1, must be true or false
          "tool_choice":{"type":"auto","name2":1} | tool_choice.name2: not supported
          "thinking":true | thinking: true, must be an object
          "thinking":{"type":"between_tools"} | thinking.type: must be enabled, disabled or adaptive
          "thinking":{"type":"enabled","budget_tokens":0} | thinking.budget_tokens: 0, must be in [1, 2147483647]
          "thinking":{"type":"adaptive","display":"all"} | thinking.display: must be summarized or omitted
          "thinking":{"type":"adaptive","budget_tokens":1} | thinking.budget_tokens: not supported
          "output_config":{"format":{"type":"text"}} | output_config.format.type: must be json_schema
          "output_config":{"format":{"type":"json_schema"}} | output_config.format.schema: missing
          "output_config":{"task_budget":{"type":"x"}} | output_config.task_budget: not supported
          "speed":"fast" | speed: not supported
          "container":"x" | container: not supported
          "mcp_servers":[{}] | mcp_servers: not supported
          "inference_geo":"us" | inference_geo: not supported
          "context_management":{"edits":[{"type":"clear_tool_uses_20250919"}]} | context_management: not supported
          "colour":1 | colour: not supported
          """)
  void refusesByName(String field, String message) {
    RequestJson json = RequestJson.parse("{" + HI + "," + field + "}");
    assertThatThrownBy(() -> MessagesRequest.read(json, Defaults.NONE))
        .satisfies(
            failure -> {
              ApiError error = ApiError.of(failure, json.clientNames());
              assertThat(error.status()).isEqualTo(400);
              assertThat(error.message()).startsWith(message);
            });
  }
}
