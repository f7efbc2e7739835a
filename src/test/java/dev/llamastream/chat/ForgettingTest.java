package dev.llamastream.chat;

import static dev.llamastream.chat.ChatMessage.assistant;
import static dev.llamastream.chat.ChatMessage.system;
import static dev.llamastream.chat.ChatMessage.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.PromptTooLongException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is forgotten when a conversation has no room. */
class ForgettingTest {

  private static String text(int length) {
    return "x".repeat(length);
  }

  /** System instructions of 10 tokens, then turns of 100 tokens. */
  private static List<ChatMessage> turns(int count) {
    List<ChatMessage> messages = new ArrayList<>();
    messages.add(system(text(10)));
    for (int i = 0; i < count; i++) {
      messages.add(user(i + text(39)));
      messages.add(assistant(text(60)));
    }
    return messages;
  }

  private static Conversation conversation(
      ScriptedGenerator model, List<ChatMessage> history, int maxTokens) {
    return Conversation.builder(model)
        .history(history)
        .request(options -> options.maxTokens(maxTokens))
        .build();
  }

  @Test
  void nothingWhileThereIsRoomForTheAnswer() {
    // a quarter is left: 10 + 7 * 100 + 40 of 1000
    ScriptedGenerator model = new ScriptedGenerator(1_000).says("x").says("x");
    conversation(model, turns(7), Integer.MAX_VALUE).ask(text(40));
    assertThat(model.requests()).hasSize(1);
    assertThat(model.lastRequest().messages()).hasSize(1 + 14 + 1);
    // or all that is wanted: 10 + 9 * 100 + 40
    conversation(model, turns(9), 50).ask(text(40));
    assertThat(model.requests()).hasSize(2);
    assertThat(model.lastRequest().messages()).hasSize(1 + 18 + 1);
  }

  @Test
  void onceItIsTimeAnotherQuarterIsFreed() {
    ScriptedGenerator model = new ScriptedGenerator(1_000).says("not read").says("x").says("y");
    Conversation conversation = conversation(model, turns(7), Integer.MAX_VALUE);
    conversation.ask(text(41));
    List<ChatMessage> told = model.lastRequest().messages();
    assertThat(ScriptedGenerator.tokens(told)).isBetween(400, 500);
    assertThat(told).startsWith(system(text(10))).endsWith(user(text(41)));
    assertThat(turns(7)).containsAll(told.subList(0, told.size() - 1));
    assertThat(conversation.history())
        .hasSize(told.size() + 1)
        .startsWith(told.get(0), told.get(1));
    assertThat(conversation.forgotten()).isEqualTo((turns(7).size() + 1 - told.size()) / 2);
    // so that the next turns go on after it
    conversation.ask(text(40));
    assertThat(conversation.forgotten()).isZero();
    assertThat(model.requests()).hasSize(3);
    assertThat(model.lastRequest().messages()).startsWith(told.toArray(ChatMessage[]::new));
  }

  @Test
  void aPromptWithoutRoom() {
    ScriptedGenerator model = new ScriptedGenerator(1_000).says("x");
    conversation(model, turns(1_000), 10).ask(text(40));
    assertThat(model.requests()).hasSize(1);
    assertThat(ScriptedGenerator.tokens(model.lastRequest().messages())).isBetween(600, 740);
  }

  @Test
  void theLastQuestionIsToldEvenIfLittleIsLeftForTheAnswer() {
    ScriptedGenerator model = new ScriptedGenerator(1_000).says("x");
    Conversation conversation = conversation(model, turns(3), Integer.MAX_VALUE);
    conversation.ask(text(990));
    assertThat(conversation.history())
        .containsExactly(system(text(10)), user(text(990)), assistant("x"));
    assertThat(conversation.contextUsed()).isEqualTo(1_000);
  }

  @Test
  void anAnswerThatIsCutOffWithoutTextForgetsNothing() {
    ScriptedGenerator model = new ScriptedGenerator(1_000).says("x").says("x");
    Conversation conversation = conversation(model, turns(10), 10);
    ChatStream answer = conversation.say(text(40));
    assertThat(conversation.forgotten()).isPositive();
    answer.cancel();
    assertThat(conversation.forgotten()).isZero();
    assertThat(conversation.history()).isEqualTo(turns(10));
  }

  @Test
  void aQuestionThatNeverFitsChangesNothing() {
    ScriptedGenerator model = new ScriptedGenerator(1_000);
    Conversation conversation = conversation(model, turns(3), 10);
    assertThatThrownBy(() -> conversation.say(text(991)))
        .isInstanceOfSatisfying(
            PromptTooLongException.class, e -> assertThat(e.promptTokens()).isEqualTo(1_001));
    assertThat(conversation.history()).isEqualTo(turns(3));
  }

  @Test
  void aResultThatNeverFitsChangesNothing() {
    ScriptedGenerator model = new ScriptedGenerator(1_000).calls(ToolCall.of("1", "large", "{}"));
    ToolBox tools = ToolBox.builder().add(ToolBoxTest.tool("large"), _ -> text(1_000)).build();
    Conversation conversation =
        Conversation.builder(model).history(turns(3)).toolBox(tools).build();
    assertThatThrownBy(() -> conversation.ask("1")).isInstanceOf(PromptTooLongException.class);
    assertThat(conversation.history()).isEqualTo(turns(3));
  }

  @Test
  void resultsMakeRoomForThemselves() {
    ScriptedGenerator model =
        new ScriptedGenerator(1_000).calls(ToolCall.of("1", "large", "{}")).says("x");
    ToolBox tools = ToolBox.builder().add(ToolBoxTest.tool("large"), _ -> text(900)).build();
    Conversation conversation =
        Conversation.builder(model).history(turns(5)).toolBox(tools).build();
    ChatStream answer = conversation.say("1");
    assertThat(conversation.forgotten()).isZero();
    answer.answer();
    assertThat(conversation.forgotten()).isEqualTo(5);
    assertThat(conversation.history())
        .extracting(ChatMessage::role)
        .containsExactly(
            ChatMessage.Role.SYSTEM,
            ChatMessage.Role.USER,
            ChatMessage.Role.ASSISTANT,
            ChatMessage.Role.TOOL,
            ChatMessage.Role.ASSISTANT);
  }

  /** Any history at all, even one that no model would make. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void neverHalfOfAnything(long seed) {
    Random random = new Random(seed);
    int answered = 0;
    for (int i = 0; i < 500; i++) {
      List<ChatMessage> history = random.nextBoolean() ? wild(random) : sensible(random);
      ScriptedGenerator model = new ScriptedGenerator(200 + random.nextInt(1_000));
      for (int answers = 0; answers < 100; answers++) {
        model.says("x");
      }
      Conversation conversation =
          Conversation.builder(model)
              .history(history)
              .maxMessages(random.nextInt(3) * random.nextInt(20))
              .request(options -> options.maxTokens(random.nextInt(400)))
              .build();
      try {
        conversation.ask("last" + text(random.nextInt(100)));
        assertWhole(history, model.lastRequest().messages());
        answered++;
      } catch (PromptTooLongException e) {
        assertThat(conversation.history()).isEqualTo(history);
      }
    }
    assertThat(answered).isGreaterThan(400);
  }

  private static void assertWhole(List<ChatMessage> history, List<ChatMessage> told) {
    int instructions = 0;
    while (instructions < history.size() && isInstruction(history.get(instructions))) {
      instructions++;
    }
    assertThat(told.subList(0, instructions)).isEqualTo(history.subList(0, instructions));
    assertThat(told.getLast().text()).startsWith("last");
    // what is left is the end of the history, and begins with what a user says
    List<ChatMessage> kept = told.subList(instructions, told.size() - 1);
    int from = history.size() - kept.size();
    assertThat(kept).isEqualTo(history.subList(from, history.size()));
    if (from > instructions && !kept.isEmpty()) {
      assertThat(kept.getFirst().role()).isEqualTo(ChatMessage.Role.USER);
    }
    // a result goes with its call
    for (int i = from; i < history.size(); i++) {
      String id = history.get(i).toolCallId();
      if (!id.isEmpty()) {
        assertThat(kept)
            .anyMatch(message -> message.toolCalls().stream().anyMatch(c -> c.id().equals(id)));
      }
    }
  }

  private static boolean isInstruction(ChatMessage message) {
    return message.role() == ChatMessage.Role.SYSTEM
        || message.role() == ChatMessage.Role.DEVELOPER;
  }

  private static List<ChatMessage> sensible(Random random) {
    List<ChatMessage> messages = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      messages.add(random.nextBoolean() ? system(text(20)) : ChatMessage.developer(text(20)));
    }
    int turns = random.nextInt(20);
    for (int i = 0; i < turns; i++) {
      messages.add(user(i + text(random.nextInt(100))));
      for (int round = random.nextInt(3); round > 0; round--) {
        addExchange(random, messages);
      }
      messages.add(assistant(i + text(random.nextInt(100))));
    }
    return messages;
  }

  private static void addExchange(Random random, List<ChatMessage> messages) {
    List<ToolCall> calls = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(3); i++) {
      calls.add(ToolCall.of(messages.size() + "-" + i, "tool", "{}"));
    }
    messages.add(ChatMessage.builder(ChatMessage.Role.ASSISTANT).toolCalls(calls).build());
    for (ToolCall call : calls) {
      if (random.nextInt(10) == 0) {
        messages.add(user("impatient"));
      }
      messages.add(ChatMessage.toolResult(call, text(random.nextInt(100))));
    }
  }

  private static List<ChatMessage> wild(Random random) {
    List<ChatMessage> messages = new ArrayList<>();
    for (int i = random.nextInt(40); i > 0; i--) {
      switch (random.nextInt(5)) {
        case 0 -> messages.add(system(i + text(random.nextInt(5))));
        case 1 -> messages.add(assistant(i + text(random.nextInt(80))));
        case 2 -> addExchange(random, messages);
        default -> messages.add(user(i + text(random.nextInt(80))));
      }
    }
    return messages;
  }
}
