package dev.llamastream.chat;

import static dev.llamastream.chat.ChatMessage.assistant;
import static dev.llamastream.chat.ChatMessage.system;
import static dev.llamastream.chat.ChatMessage.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.ChatTemplateException;
import dev.llamastream.FinishReason;
import dev.llamastream.GenerationException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a conversation remembers, whatever happens to its answers. */
class ConversationTest {

  private static final ChatDelta A = new ChatDelta.Text("a");
  private static final ChatDelta B = new ChatDelta.Text("b");

  private final ScriptedGenerator model = new ScriptedGenerator();
  private final Conversation conversation = Conversation.builder(model).system("Be brief.").build();

  /** After a first question and its answer. */
  private void begin() {
    model.says("one");
    conversation.ask("1");
    assertThat(conversation.history())
        .containsExactly(system("Be brief."), user("1"), assistant("one"));
  }

  private void assertNothingChanged() {
    assertThat(conversation.history())
        .containsExactly(system("Be brief."), user("1"), assistant("one"));
  }

  @Test
  void theModelIsToldAllOfIt() {
    begin();
    model.says(new ChatDelta.Thinking("hm"), A, B);
    try (ChatStream answer = conversation.say("2")) {
      assertThat(answer.stats().generatedTokens()).isZero();
      assertNothingChanged();
      assertThat(answer.next()).isEqualTo(new ChatDelta.Thinking("hm"));
      List<ChatDelta> rest = new ArrayList<>();
      answer.forEachRemaining(rest::add);
      assertThat(rest).containsExactly(A, B);
      assertThat(answer.finishReason()).contains(FinishReason.END_OF_TEXT);
      assertThatThrownBy(answer::next).isInstanceOf(NoSuchElementException.class);
    }
    assertThat(model.lastRequest().messages())
        .containsExactly(system("Be brief."), user("1"), assistant("one"), user("2"));
    assertThat(conversation.history())
        .endsWith(user("2"), assistant("ab").toBuilder().thinking("hm").build())
        .hasSize(5)
        .isUnmodifiable();
    assertThat(conversation.contextUsed())
        .isEqualTo(ScriptedGenerator.tokens(model.lastRequest().messages()) + 3);
  }

  @Test
  void requestsHaveTheOptions() {
    Conversation short_ =
        Conversation.builder(model)
            .request(options -> options.maxTokens(3).messages(List.of(user("not this"))))
            .build();
    model.says("x");
    ChatAnswer answer = short_.ask("1");
    assertThat(answer.text()).isEqualTo("x");
    assertThat(answer.stats().promptTokens()).isEqualTo(1);
    assertThat(model.lastRequest()).isEqualTo(ChatRequest.builder(user("1")).maxTokens(3).build());
  }

  @Test
  void textsAlone() {
    model.says(new ChatDelta.Thinking("hm"), A, new ChatDelta.Thinking("hm"), B);
    assertThat(conversation.say("1").texts()).toIterable().containsExactly("a", "b");
    model.says();
    assertThatThrownBy(() -> conversation.say("1").texts().next())
        .isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void anAnswerThatEndsByItselfIsKeptEvenIfItIsEmpty() {
    for (FinishReason reason :
        List.of(
            FinishReason.END_OF_TEXT,
            FinishReason.STOP_SEQUENCE,
            FinishReason.MAX_TOKENS,
            FinishReason.CONTEXT_FULL)) {
      model.ends(reason);
      assertThat(conversation.ask("1").finishReason()).isEqualTo(reason);
      assertThat(conversation.history().getLast())
          .isEqualTo(ChatMessage.builder(ChatMessage.Role.ASSISTANT).build());
    }
    assertThat(conversation.history()).hasSize(1 + 4 * 2);
  }

  @Test
  void anAnswerThatIsCutOffIsKeptIfItHasText() {
    begin();
    model.says(A, B);
    ChatStream answer = conversation.say("2");
    assertThat(answer.next()).isEqualTo(A);
    answer.cancel();
    assertThat(answer.hasNext()).isFalse();
    assertThat(answer.finishReason()).contains(FinishReason.CANCELLED);
    assertThat(conversation.history()).endsWith(user("2"), assistant("a")).hasSize(5);
    model.ends(FinishReason.TIMEOUT, B);
    assertThat(conversation.ask("3").finishReason()).isEqualTo(FinishReason.TIMEOUT);
    assertThat(conversation.history()).endsWith(user("3"), assistant("b")).hasSize(7);
  }

  @Test
  void anAnswerThatIsCutOffWithoutTextLeavesNothing() {
    begin();
    model.says(new ChatDelta.Thinking("hm"), A);
    try (ChatStream answer = conversation.say("2")) {
      answer.next();
    }
    assertNothingChanged();
    model.says(A);
    conversation.say("3").close();
    assertNothingChanged();
    model.ends(FinishReason.TIMEOUT);
    assertThat(conversation.ask("4").text()).isEmpty();
    assertNothingChanged();
  }

  @Test
  void anAnswerThatFailsLeavesNothing() {
    begin();
    model.ends(FinishReason.FAILED, A);
    ChatStream answer = conversation.say("2");
    assertThat(answer.next()).isEqualTo(A);
    assertThatThrownBy(answer::hasNext).isInstanceOf(GenerationException.class);
    assertThat(answer.hasNext()).isFalse();
    assertThat(answer.finishReason()).contains(FinishReason.FAILED);
    assertNothingChanged();
    model.refuses(new ChatTemplateException("no"));
    assertThatThrownBy(() -> conversation.say("3")).isInstanceOf(ChatTemplateException.class);
    assertNothingChanged();
    model.says(B);
    conversation.retry().answer();
    assertThat(model.lastRequest().messages()).endsWith(assistant("one"), user("3")).hasSize(4);
  }

  @Test
  void anInterruptCutsOff() {
    begin();
    model.hangs(A);
    ChatStream answer = conversation.say("2");
    Thread.currentThread().interrupt();
    assertThat(answer.answer().text()).isEqualTo("a");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(conversation.history()).endsWith(user("2"), assistant("a"));
  }

  @Test
  void aNewQuestionSupersedesAnAnswerThatNobodyReads() {
    begin();
    model.says(A, B).says("three");
    ChatStream second = conversation.say("2");
    second.next();
    ChatStream third = conversation.say("3");
    assertThat(second.finishReason()).contains(FinishReason.SUPERSEDED);
    assertThat(second.hasNext()).isFalse();
    assertThat(second.answer().text()).isEqualTo("a");
    assertThat(third.answer().text()).isEqualTo("three");
    assertThat(conversation.history())
        .endsWith(user("2"), assistant("a"), user("3"), assistant("three"))
        .hasSize(7);
  }

  @Test
  void anAnswerThatIsBeingReadIsNotSuperseded() throws Exception {
    begin();
    model.hangs(A);
    ChatStream answer = conversation.say("2");
    CompletableFuture<ChatAnswer> reader = new CompletableFuture<>();
    Thread.startVirtualThread(() -> reader.complete(answer.answer()));
    model.lastChat().awaitHanging();
    assertThatIllegalStateException().isThrownBy(() -> conversation.say("3"));
    assertThatIllegalStateException().isThrownBy(conversation::retry);
    assertThatIllegalStateException().isThrownBy(conversation::clear);
    assertThatIllegalStateException().isThrownBy(conversation::undo);
    assertThatIllegalStateException().isThrownBy(() -> conversation.system("x"));
    assertThatIllegalStateException()
        .isThrownBy(answer::hasNext)
        .withMessage("another thread is pulling from this stream");
    assertNothingChanged();
    assertThat(conversation.branch().history()).isEqualTo(conversation.history());
    assertThat(answer.finishReason()).isEmpty();
    answer.cancel();
    assertThat(reader.get().finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(conversation.history()).endsWith(user("2"), assistant("a")).hasSize(5);
  }

  @Test
  void oneThreadAsksAtATime() throws Exception {
    CompletableFuture<Void> refused = new CompletableFuture<>();
    Conversation[] self = new Conversation[1];
    self[0] =
        Conversation.builder(model)
            .request(
                options -> {
                  assertThatIllegalStateException()
                      .isThrownBy(() -> self[0].say("2"))
                      .withMessage("another thread is asking in this conversation");
                  refused.complete(null);
                  return options;
                })
            .build();
    model.says("x");
    self[0].ask("1");
    refused.get();
    assertThat(self[0].history()).containsExactly(user("1"), assistant("x"));
  }

  @Test
  void retryDropsTheLastAnswer() {
    begin();
    model.says("two").says("three");
    conversation.ask("2");
    ChatStream answer = conversation.retry();
    assertThat(conversation.history()).endsWith(assistant("two"));
    assertThat(model.lastRequest().messages()).hasSize(4).endsWith(user("2"));
    answer.answer();
    assertThat(conversation.history()).hasSize(5).endsWith(user("2"), assistant("three"));
  }

  @Test
  void aRetryThatFailsKeepsTheAnswer() {
    begin();
    model.ends(FinishReason.FAILED).refuses(new ChatTemplateException("no")).says("two");
    assertThatThrownBy(() -> conversation.retry().answer()).isInstanceOf(GenerationException.class);
    assertNothingChanged();
    assertThatThrownBy(conversation::retry).isInstanceOf(ChatTemplateException.class);
    assertNothingChanged();
    conversation.retry().answer();
    assertThat(conversation.history())
        .containsExactly(system("Be brief."), user("1"), assistant("two"));
  }

  @Test
  void retryAsksWhatWasCutOff() {
    begin();
    model.says("x").says("two");
    conversation.say("2").cancel();
    conversation.retry().answer();
    assertThat(conversation.history()).endsWith(assistant("one"), user("2"), assistant("two"));
  }

  @Test
  void nothingToRetry() {
    assertThatIllegalStateException()
        .isThrownBy(conversation::retry)
        .withMessage("there is no question to ask again");
    model.says("x");
    conversation.say("1").cancel();
    conversation.clear();
    assertThatIllegalStateException().isThrownBy(conversation::retry);
  }

  @Test
  void aHistoryWithInstructionsKeepsThem() {
    Conversation.Builder builder = Conversation.builder(model).system("other");
    assertThat(builder.build().history()).containsExactly(system("other"));
    assertThat(builder.history(List.of(user("1"))).build().history())
        .containsExactly(system("other"), user("1"));
    List<ChatMessage> history = List.of(ChatMessage.developer("mine"), user("1"));
    assertThat(builder.history(history).build().history()).isEqualTo(history);
  }

  @Test
  void atMostSoManyMessages() {
    Conversation short_ = Conversation.builder(model).system("s").maxMessages(4).build();
    for (int i = 1; i <= 4; i++) {
      model.says("a" + i);
      short_.ask("q" + i);
      assertThat(short_.forgotten()).isEqualTo(i > 2 ? 1 : 0);
    }
    assertThat(model.lastRequest().messages())
        .containsExactly(system("s"), user("q3"), assistant("a3"), user("q4"));
    assertThat(short_.history())
        .containsExactly(system("s"), user("q3"), assistant("a3"), user("q4"), assistant("a4"));
  }

  @Test
  @SuppressWarnings("NullAway")
  void wrongValues() {
    Conversation.Builder builder = Conversation.builder(model);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.maxMessages(-1))
        .withMessage("maxMessages: -1, must be in [0, 1048576]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> conversation.say(List.of()))
        .withMessage("messages: there are none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> conversation.say(List.of(assistant("x"))))
        .withMessage("messages: one is from ASSISTANT, must be from USER or TOOL");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> conversation.say("\0"))
        .withMessage("content: NUL at index 0, must have none");
    assertThatNullPointerException().isThrownBy(() -> conversation.say((String) null));
    assertThatNullPointerException().isThrownBy(() -> Conversation.builder(null));
    assertThatNullPointerException().isThrownBy(() -> builder.request(null));
    assertThatNullPointerException().isThrownBy(() -> builder.toolBox(null));
    assertThatNullPointerException().isThrownBy(() -> builder.json(null));
    assertThatNullPointerException().isThrownBy(() -> builder.history(null).build());
    Conversation nothing = Conversation.builder(model).request(_ -> null).build();
    assertThatNullPointerException().isThrownBy(() -> nothing.say("1")).withMessage("request");
  }
}
