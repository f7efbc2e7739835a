package dev.llamastream.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.llamastream.SamplerParams;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What is no message, no tool and no request, and how it is said. */
class ChatValuesTest {

  private static final ChatMessage USER = ChatMessage.user("Hi");
  private static final Tool TOOL = ToolBoxTest.tool("weather");
  private static final ToolCall CALL = ToolCall.of("1", "weather", "{}");
  private static final String NUL = ": NUL at index 1, must have none";
  private static final String HALF = ": half a surrogate pair at index 2, must be whole characters";
  private static final List<String> HALVES =
      List.of("ab\ud83d", "ab\ud83dc", "ab\udc4b", "ab\udc4b\ud83d");

  private static void refuses(String message, ThrowingCallable call) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
  }

  private static ChatRequest.Builder request() {
    return ChatRequest.builder(USER);
  }

  private static void refuses(String message, ChatRequest.Builder request) {
    refuses(message, request::build);
  }

  private static void refusesNull(ThrowingCallable call) {
    assertThatNullPointerException().isThrownBy(call);
  }

  @Test
  void texts() {
    refuses("content" + NUL, () -> ChatMessage.user("a\0"));
    refuses("thinking" + NUL, assistant().thinking("a\0")::build);
    refuses("toolCallId" + NUL, tool().toolCallId("a\0")::build);
    refuses("toolName" + NUL, tool().toolName("a\0")::build);
    refuses("id" + NUL, () -> ToolCall.of("a\0", "x", "{}"));
    refuses("name" + NUL, () -> ToolCall.of("", "a\0", "{}"));
    refuses("arguments" + NUL, () -> ToolCall.of("", "x", "{\0"));
    refuses("name" + NUL, () -> Tool.of("a\0", "", "{}"));
    refuses("description" + NUL, () -> Tool.of("a", "a\0", "{}"));
    refuses("toolChoice" + NUL, () -> ToolChoice.of("a\0"));
    refuses("template" + NUL, request().template("a\0"));
    refuses("responseSchema" + NUL, request().responseSchema("{\0"));
    refuses("templateArguments" + NUL, request().templateArguments(Map.of("a\0", "1")));
    for (String half : HALVES) {
      refuses("content" + HALF, () -> ChatMessage.system(half));
      refuses("content" + HALF, () -> ChatMessage.toolResult(CALL, half));
      refuses("thinking" + HALF, assistant().thinking(half)::build);
      refuses("arguments" + HALF, () -> ToolCall.of("", "x", half));
      refuses("description" + HALF, () -> Tool.of("x", half, "{}"));
      refuses("template" + HALF, request().template(half));
    }
    assertThat(ChatMessage.user("").text()).isEmpty();
    assertThat(ChatMessage.user("👋🏽").text()).isEqualTo("👋🏽");
  }

  private static ChatMessage.Builder assistant() {
    return ChatMessage.builder(ChatMessage.Role.ASSISTANT);
  }

  private static ChatMessage.Builder tool() {
    return ChatMessage.builder(ChatMessage.Role.TOOL);
  }

  @Test
  void whatIsForOthers() {
    for (ChatMessage.Role role : ChatMessage.Role.values()) {
      ChatMessage.Builder message = ChatMessage.builder(role);
      if (role != ChatMessage.Role.ASSISTANT) {
        String wrong = ": in a message of " + role + ", must be in one of ASSISTANT";
        refuses("thinking" + wrong, message.thinking("x")::build);
        refuses("toolCalls" + wrong, message.thinking("").toolCalls(List.of(CALL))::build);
        message.toolCalls(List.of());
      }
      if (role != ChatMessage.Role.TOOL) {
        String wrong = ": in a message of " + role + ", must be in one of TOOL";
        refuses("toolCallId" + wrong, message.toolCallId("x")::build);
        refuses("toolName" + wrong, message.toolCallId("").toolName("x")::build);
      }
    }
  }

  @Test
  void partsOfAMessage() {
    ChatMessage message = ChatMessage.builder(ChatMessage.Role.USER).text("a").text("b").build();
    assertThat(message.text()).isEqualTo("a\nb");
    assertThat(message.content()).hasSize(2).isUnmodifiable();
    assertThat(message.toBuilder().build()).isEqualTo(message).hasSameHashCodeAs(message);
    assertThat(ChatMessage.toolResult(CALL, "x").toBuilder().build())
        .isEqualTo(ChatMessage.toolResult(CALL, "x"));
    assertThat(ChatMessage.builder(ChatMessage.Role.USER).build().text()).isEmpty();
    ChatAnswer answer =
        ChatAnswer.builder().text("x").thinking("hm").toolCalls(List.of(CALL)).build();
    assertThat(answer.toMessage())
        .isEqualTo(assistant().text("x").thinking("hm").toolCalls(List.of(CALL)).build());
    assertThat(ChatAnswer.builder().build().toMessage()).isEqualTo(assistant().build());
  }

  @Test
  void tools() {
    for (String name : List.of("", "a b", "ä", "x".repeat(129), "a\n")) {
      refuses(
          "name: \"" + name + "\", must match [A-Za-z0-9_.:/-]{1,128}",
          () -> Tool.of(name, "", "{}"));
    }
    assertThat(Tool.of("mcp:srv/get-x_1.0", "", "{}").name()).isEqualTo("mcp:srv/get-x_1.0");
    assertThat(TOOL).isEqualTo(ToolBoxTest.tool("weather")).isNotEqualTo(ToolBoxTest.tool("x"));
    assertThat(TOOL).hasSameHashCodeAs(ToolBoxTest.tool("weather"));
    assertThat(TOOL)
        .hasToString("Tool[name=weather, description=, parameters={\"type\":\"object\"}]");
    assertThat(CALL).isEqualTo(ToolCall.of("1", "weather", "{}")).hasSameHashCodeAs(CALL);
    assertThat(CALL).isNotEqualTo(ToolCall.of("2", "weather", "{}"));
    assertThat(CALL).hasToString("ToolCall[id=1, name=weather, arguments={}]");
  }

  @Test
  void schemas() {
    refuses("parameters: must be a JSON object", () -> Tool.of("a", "", "[]"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tool.of("a", "", ""))
        .withMessageStartingWith("parameters: ");
    refuses("responseSchema: must be a JSON object", request().responseSchema("true"));
    String remote = "{\"properties\": {\"x\": {\"$ref\": \"https://example.org/x.json\"}}}";
    String wrong =
        ": $ref \"https://example.org/x.json\", must begin with #: other documents are not"
            + " fetched";
    refuses("parameters" + wrong, () -> Tool.of("a", "", remote));
    refuses("responseSchema" + wrong, request().responseSchema(remote));
    assertThat(request().responseSchema("{\"$ref\": \"#/$defs/x\"}").build().responseSchema())
        .contains("$defs");
    refuses("parameters depth: 101, must be in [0, 100]", () -> Tool.of("a", "", nested(100)));
    assertThat(Tool.of("a", "", nested(99)).parameters()).isEqualTo(nested(99));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tool.of("a", "", nested(100_000)))
        .withMessageStartingWith("parameters: ");
    refuses(
        "parameters length: 1048577, must be in [0, 1048576]",
        () -> Tool.of("a", "", "{}" + " ".repeat((1 << 20) - 1)));
    refuses(
        "parameters pattern length: 10001, must be in [0, 10000]",
        () -> Tool.of("a", "", "{\"pattern\": \"" + "x".repeat(10_001) + "\"}"));
  }

  /** An object with a value that is so many levels below it. */
  private static String nested(int levels) {
    return "{\"a\":".repeat(levels) + "1" + "}".repeat(levels);
  }

  @Test
  void messages() {
    refuses("messages: 0, must be in [1, 1048576]", ChatRequest.builder(List.of()));
    refuses("messages: 0, must be in [1, 1048576]", ChatRequest.builder());
    refuses(
        "messages: 1048577, must be in [1, 1048576]",
        ChatRequest.builder(Collections.nCopies((1 << 20) + 1, USER)));
    ChatMessage large = ChatMessage.user("x".repeat(1 << 20));
    refuses(
        "messages characters: 67109888, must be in [0, 67108864]",
        ChatRequest.builder(
            Collections.nCopies(64, large).stream()
                .map(message -> message.toBuilder().text("x".repeat(15)).build())
                .toList()));
  }

  @Test
  void toolsOfARequest() {
    refuses("tools: two are named \"weather\"", request().tools(TOOL, ToolBoxTest.tool("weather")));
    refuses("tools: 1001, must be in [0, 1000]", request().tools(Collections.nCopies(1_001, TOOL)));
    refuses(
        "toolChoice: no tool is named \"x\"", request().tools(TOOL).toolChoice(ToolChoice.of("x")));
    refuses(
        "toolChoice: REQUIRED, but there are no tools", request().toolChoice(ToolChoice.REQUIRED));
    refuses(
        "responseJson: not together with responseSchema",
        request().responseJson(true).responseSchema("{}"));
    SamplerParams grammar = SamplerParams.builder().grammar("root ::= \"a\"").build();
    String wrong = "grammar: neither together with tools nor with a response schema";
    refuses(wrong, request().sampler(grammar).tools(TOOL));
    refuses(wrong, request().sampler(grammar).responseSchema("{}"));
    refuses(wrong, request().sampler(grammar).responseJson(true));
    assertThat(request().sampler(grammar).build().sampler()).isEqualTo(grammar);
  }

  @Test
  void limits() {
    refuses("thinkingBudget: -2, must be in [-1, 2147483647]", request().thinkingBudget(-2));
    refuses("maxTokens: -1, must be in [0, 2147483647]", request().maxTokens(-1));
    refuses("topLogprobs: 1001, must be in [0, 1000]", request().topLogprobs(1_001));
    refuses(
        "timeout: PT-1S, must be in [0, 36500 days]", request().timeout(Duration.ofSeconds(-1)));
    refuses("stopSequences length: 0, must be in [1, 10000]", request().stopSequences("a", ""));
    refuses(
        "template length: 262145, must be in [0, 262144]",
        request().template("x".repeat((1 << 18) + 1)));
    refuses(
        "continueLast: the last message is from USER, must be from ASSISTANT",
        request().continueLast(true));
    assertThatIllegalArgumentException()
        .isThrownBy(request().templateArguments(Map.of("effort", "low"))::build)
        .withMessageStartingWith("templateArguments: \"effort\" is ");
  }

  @Test
  @SuppressWarnings("NullAway")
  void nulls() {
    refusesNull(() -> ChatMessage.user(null));
    refusesNull(() -> ChatMessage.builder(null).build());
    refusesNull(assistant().content(null)::build);
    refusesNull(assistant().content(Arrays.asList((ContentPart) null))::build);
    refusesNull(assistant().thinking(null)::build);
    refusesNull(assistant().toolCalls(null)::build);
    refusesNull(tool().toolCallId(null)::build);
    refusesNull(tool().toolName(null)::build);
    refusesNull(() -> ToolCall.of(null, "x", "{}"));
    refusesNull(() -> ToolCall.of("", null, "{}"));
    refusesNull(() -> ToolCall.of("", "x", null));
    refusesNull(() -> Tool.of(null, "", "{}"));
    refusesNull(() -> Tool.of("x", null, "{}"));
    refusesNull(() -> Tool.of("x", "", null));
    refusesNull(() -> ToolChoice.of(null));
    refusesNull(() -> ChatRequest.builder((ChatMessage[]) null));
    refusesNull(ChatRequest.builder((List<ChatMessage>) null)::build);
    refusesNull(ChatRequest.builder(USER, null)::build);
    refusesNull(request().tools((List<Tool>) null)::build);
    refusesNull(request().tools(TOOL, null)::build);
    refusesNull(request().toolChoice(null)::build);
    refusesNull(request().responseSchema(null)::build);
    refusesNull(request().template(null)::build);
    refusesNull(request().templateArguments(null)::build);
    refusesNull(request().sampler(null)::build);
    refusesNull(request().timeout(null)::build);
    refusesNull(request().stopSequences((List<String>) null)::build);
    refusesNull(() -> request().now(null));
    refusesNull(ChatAnswer.builder().text(null)::build);
    refusesNull(ChatAnswer.builder().stats(null)::build);
  }
}
