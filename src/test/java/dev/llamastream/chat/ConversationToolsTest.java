package dev.llamastream.chat;

import static dev.llamastream.chat.ChatMessage.assistant;
import static dev.llamastream.chat.ChatMessage.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.ChatTemplateException;
import dev.llamastream.FinishReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Answers that need tools. */
class ConversationToolsTest {

  private static final ToolCall PARIS = ToolCall.of("1", "weather", "{\"city\":\"Paris\"}");
  private static final ToolCall ROME = ToolCall.of("2", "weather", "{\"city\":\"Rome\"}");
  private static final ChatDelta SUNNY = new ChatDelta.Text("sunny");

  private final ScriptedGenerator model = new ScriptedGenerator();
  private final ToolBox toolBox =
      ToolBox.builder().add(ToolBoxTest.tool("weather"), arguments -> "sun " + arguments).build();

  private Conversation conversation(ToolBox tools) {
    return conversation(tools, UnaryOperator.identity());
  }

  private Conversation conversation(ToolBox tools, UnaryOperator<ChatRequest.Builder> options) {
    return Conversation.builder(model).toolBox(tools).request(options).build();
  }

  private static ChatMessage asks(ToolCall... calls) {
    return ChatMessage.builder(ChatMessage.Role.ASSISTANT).toolCalls(List.of(calls)).build();
  }

  private static ChatMessage result(ToolCall call) {
    return ChatMessage.toolResult(call, "sun " + call.arguments());
  }

  /** Tools of which one waits until it is interrupted. */
  private static ToolBox waiting(CountDownLatch waits, CountDownLatch interrupted) {
    ToolFunction function =
        _ -> {
          try {
            waits.countDown();
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
          return "late";
        };
    return ToolBox.builder().add(ToolBoxTest.tool("weather"), function).build();
  }

  @Test
  void roundsAreOneAnswer() {
    model.calls(PARIS, ROME).calls(ROME).says(new ChatDelta.Thinking("hm"), SUNNY);
    Conversation conversation = conversation(toolBox);
    ChatStream stream = conversation.say("weather?");
    List<ChatDelta> deltas = new ArrayList<>();
    stream.forEachRemaining(deltas::add);
    assertThat(deltas)
        .containsExactly(
            new ChatDelta.ToolCallBegun(0, "1", "weather"),
            new ChatDelta.ToolCallArguments(0, PARIS.arguments()),
            new ChatDelta.ToolCallDone(0, PARIS),
            new ChatDelta.ToolCallBegun(1, "2", "weather"),
            new ChatDelta.ToolCallArguments(1, ROME.arguments()),
            new ChatDelta.ToolCallDone(1, ROME),
            new ChatDelta.ToolCallBegun(2, "2", "weather"),
            new ChatDelta.ToolCallArguments(2, ROME.arguments()),
            new ChatDelta.ToolCallDone(2, ROME),
            new ChatDelta.Thinking("hm"),
            SUNNY);
    assertThat(model.requests()).extracting(ChatRequest::tools).containsOnly(toolBox.tools());
    assertThat(conversation.history())
        .containsExactly(
            user("weather?"),
            asks(PARIS, ROME),
            result(PARIS),
            result(ROME),
            asks(ROME),
            result(ROME),
            assistant("sunny").toBuilder().thinking("hm").build());
    assertThat(model.lastRequest().messages()).isEqualTo(conversation.history().subList(0, 6));
    ChatAnswer answer = stream.answer();
    assertThat(answer.text()).isEqualTo("sunny");
    assertThat(answer.thinking()).isEqualTo("hm");
    assertThat(answer.toolCalls()).containsExactly(PARIS, ROME, ROME);
    assertThat(answer.stats().promptTokens())
        .isEqualTo(ScriptedGenerator.tokens(model.lastRequest().messages()));
  }

  @Test
  void toolsRunWhenMoreIsPulled() {
    model.calls(PARIS).says("x");
    ChatStream stream = conversation(toolBox).say("weather?");
    for (int i = 0; i < 3; i++) {
      stream.next();
    }
    assertThat(stream.finishReason()).isEmpty();
    assertThat(model.requests()).hasSize(1);
    assertThat(stream.next()).isEqualTo(new ChatDelta.Text("x"));
  }

  @Test
  void aCallThatGoesWrongIsToldToTheModel() {
    ToolCall unknown = ToolCall.of("1", "time", "{}");
    model.calls(unknown).says("sorry");
    assertThat(conversation(toolBox).ask("time?").text()).isEqualTo("sorry");
    assertThat(model.lastRequest().messages().getLast().text())
        .isEqualTo("{\"error\":\"there is no tool named \\\"time\\\"\"}");
  }

  @Test
  void afterTheLastRoundTheModelMustAnswer() {
    ToolBox two = toolBox.toBuilder().maxRounds(2).build();
    model.calls(PARIS).calls(PARIS).says("enough");
    Conversation conversation = conversation(two);
    conversation.ask("weather?");
    assertThat(model.requests())
        .extracting(ChatRequest::toolChoice)
        .containsExactly(ToolChoice.AUTO, ToolChoice.AUTO, ToolChoice.NONE);
    // even a model that asks all the same gets no more
    model.calls(PARIS).calls(PARIS).calls(PARIS);
    ChatAnswer answer = conversation.ask("weather?");
    assertThat(answer.toolCalls()).hasSize(3);
    assertThat(conversation.history().getLast())
        .isEqualTo(ChatMessage.builder(ChatMessage.Role.ASSISTANT).build());
  }

  @Test
  void aChoiceCountsOnce() {
    for (ToolChoice choice : List.of(ToolChoice.REQUIRED, ToolChoice.of("weather"))) {
      model.requests().clear();
      model.calls(PARIS).calls(ROME).says("x");
      conversation(toolBox, options -> options.toolChoice(choice)).ask("weather?");
      assertThat(model.requests())
          .extracting(ChatRequest::toolChoice)
          .containsExactly(choice, ToolChoice.AUTO, ToolChoice.AUTO);
    }
    model.calls(PARIS).says("x");
    conversation(toolBox, options -> options.toolChoice(ToolChoice.NONE)).ask("weather?");
    assertThat(model.lastRequest().toolChoice()).isEqualTo(ToolChoice.NONE);
  }

  @Test
  void callsThatAreCutOffAreNotRun() {
    ToolCall half = ToolCall.of("1", "weather", "{\"ci");
    for (FinishReason reason : List.of(FinishReason.MAX_TOKENS, FinishReason.CONTEXT_FULL)) {
      model.ends(reason, SUNNY, new ChatDelta.ToolCallDone(0, half));
      Conversation conversation = conversation(toolBox);
      assertThat(conversation.ask("weather?").toolCalls()).containsExactly(half);
      assertThat(conversation.history()).containsExactly(user("weather?"), assistant("sunny"));
    }
  }

  @Test
  void withoutAToolBoxTheCallerBringsTheResults() {
    Conversation conversation =
        conversation(
            ToolBox.builder().build(), options -> options.tools(ToolBoxTest.tool("weather")));
    model.calls(PARIS).says("sunny").says("again");
    ChatAnswer answer = conversation.ask("weather?");
    assertThat(conversation.history()).containsExactly(user("weather?"), asks(PARIS));
    conversation.say(toolBox.call(answer.toolCalls())).answer();
    assertThat(model.lastRequest().messages())
        .containsExactly(user("weather?"), asks(PARIS), result(PARIS));
    assertThat(conversation.history()).hasSize(4).endsWith(assistant("sunny"));
    conversation.retry().answer();
    assertThat(conversation.history()).containsExactly(user("weather?"), assistant("again"));
  }

  @Test
  void aCancelInterruptsTheTools() throws Exception {
    CountDownLatch waits = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    model.calls(PARIS);
    Conversation conversation = conversation(waiting(waits, interrupted));
    ChatStream stream = conversation.say("weather?");
    CompletableFuture<ChatAnswer> reader = new CompletableFuture<>();
    Thread.startVirtualThread(() -> reader.complete(stream.answer()));
    waits.await();
    assertThatIllegalStateException().isThrownBy(() -> conversation.say("2"));
    stream.cancel();
    interrupted.await();
    assertThat(reader.get().finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(reader.get().toolCalls()).containsExactly(PARIS);
    assertThat(conversation.history()).isEmpty();
  }

  @Test
  void anInterruptOfTheReaderInterruptsTheTools() throws Exception {
    CountDownLatch waits = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    model.says(SUNNY, new ChatDelta.ToolCallDone(0, PARIS));
    Conversation conversation = conversation(waiting(waits, interrupted));
    ChatStream stream = conversation.say("weather?");
    CompletableFuture<Boolean> status = new CompletableFuture<>();
    Thread reader =
        Thread.startVirtualThread(
            () -> {
              stream.answer();
              status.complete(Thread.currentThread().isInterrupted());
            });
    waits.await();
    reader.interrupt();
    assertThat(status.get()).isTrue();
    interrupted.await();
    assertThat(stream.finishReason()).contains(FinishReason.CANCELLED);
    assertThat(conversation.history()).containsExactly(user("weather?"), assistant("sunny"));
  }

  @Test
  void aCancelBetweenTwoRounds() {
    model.says(SUNNY, new ChatDelta.ToolCallDone(0, PARIS));
    Conversation conversation = conversation(toolBox);
    ChatStream stream = conversation.say("weather?");
    stream.next();
    stream.next();
    stream.cancel();
    assertThat(stream.hasNext()).isFalse();
    assertThat(model.requests()).hasSize(1);
    assertThat(conversation.history()).containsExactly(user("weather?"), assistant("sunny"));
  }

  @Test
  void whatToolsDidIsNotForgottenByACancel() {
    model.calls(PARIS).says(new ChatDelta.Thinking("hm"), SUNNY);
    Conversation conversation = conversation(toolBox);
    ChatStream stream = conversation.say("weather?");
    for (int i = 0; i < 4; i++) {
      stream.next();
    }
    stream.cancel();
    assertThat(conversation.history())
        .startsWith(user("weather?"), asks(PARIS), result(PARIS))
        .endsWith(ChatMessage.builder(ChatMessage.Role.ASSISTANT).thinking("hm").build())
        .hasSize(4);
  }

  @Test
  void aLaterRoundThatTimesOutBeforeItBegins() {
    model.calls(PARIS).refuses(new CancellationException("out of time"));
    Conversation conversation = conversation(toolBox);
    assertThat(conversation.ask("weather?").finishReason()).isEqualTo(FinishReason.TIMEOUT);
    assertThat(conversation.history())
        .startsWith(user("weather?"), asks(PARIS), result(PARIS))
        .hasSize(4);
  }

  @Test
  void aLaterRoundThatFailsLeavesNothing() {
    model.calls(PARIS).refuses(new ChatTemplateException("no tools here"));
    Conversation conversation = conversation(toolBox);
    ChatStream stream = conversation.say("weather?");
    assertThatThrownBy(stream::answer).isInstanceOf(ChatTemplateException.class);
    assertThat(stream.finishReason()).contains(FinishReason.FAILED);
    assertThat(conversation.history()).isEmpty();
    model.says("x");
    conversation.retry().answer();
    assertThat(conversation.history()).containsExactly(user("weather?"), assistant("x"));
  }

  @Test
  void aToolMayNotUseItsConversation() {
    Conversation[] self = new Conversation[1];
    ToolFunction function = _ -> self[0].ask("and?").text();
    self[0] = conversation(ToolBox.builder().add(ToolBoxTest.tool("weather"), function).build());
    model.calls(PARIS).says("x");
    self[0].ask("weather?");
    assertThat(model.lastRequest().messages().getLast().text())
        .isEqualTo("{\"error\":\"another thread is reading an answer of this conversation\"}");
  }
}
