package dev.llamastream.chat;

import static dev.llamastream.chat.ChatMessage.assistant;
import static dev.llamastream.chat.ChatMessage.system;
import static dev.llamastream.chat.ChatMessage.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.ChatTemplateException;
import dev.llamastream.FinishReason;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a caller changes in a conversation. */
class ConversationChangesTest {

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
  void branchesAreIndependent() {
    begin();
    Conversation branch = conversation.branch();
    model.says("two").says("three");
    branch.ask("2");
    assertNothingChanged();
    conversation.ask("3");
    assertThat(branch.history()).endsWith(assistant("one"), user("2"), assistant("two"));
    assertThat(conversation.history()).endsWith(assistant("one"), user("3"), assistant("three"));
  }

  @Test
  void aBranchCanAskWhatWasCutOff() {
    begin();
    model.says("x").says("two");
    conversation.say("2").cancel();
    Conversation branch = conversation.branch();
    branch.retry().answer();
    assertThat(branch.history()).endsWith(assistant("one"), user("2"), assistant("two"));
    assertThat(conversation.undo()).containsExactly(user("2"));
  }

  @Test
  void undoForgetsTheLastTurn() {
    begin();
    model.says("two");
    conversation.say(List.of(user("2"), user("and 3"))).answer();
    assertThat(conversation.undo()).containsExactly(user("2"), user("and 3"));
    assertNothingChanged();
    assertThat(conversation.undo()).containsExactly(user("1"));
    assertThat(conversation.undo()).isEmpty();
    assertThat(conversation.history()).containsExactly(system("Be brief."));
  }

  @Test
  void undoForgetsAQuestionWithoutAnAnswerAlone() {
    begin();
    model.says(A).says(A, B).refuses(new ChatTemplateException("no"));
    conversation.say("2").cancel();
    assertThat(conversation.undo()).containsExactly(user("2"));
    ChatStream answer = conversation.say("3");
    answer.next();
    assertThat(conversation.undo()).containsExactly(user("3"));
    assertThat(answer.finishReason()).contains(FinishReason.SUPERSEDED);
    assertThatThrownBy(() -> conversation.say("4")).isInstanceOf(ChatTemplateException.class);
    assertThat(conversation.undo()).containsExactly(user("4"));
    assertNothingChanged();
  }

  @Test
  void undoKeepsWhatAnswersNoQuestion() {
    Conversation greeted = Conversation.builder(model).history(List.of(assistant("Hi"))).build();
    assertThat(greeted.undo()).isEmpty();
    assertThat(greeted.history()).containsExactly(assistant("Hi"));
  }

  @Test
  void theInstructionsCanChange() {
    begin();
    model.says(A).says("two");
    conversation.say("2").cancel();
    conversation.system("Be kind.");
    conversation.retry().answer();
    assertThat(model.lastRequest().messages())
        .containsExactly(system("Be kind."), user("1"), assistant("one"), user("2"));
    conversation.system("");
    assertThat(conversation.history())
        .containsExactly(user("1"), assistant("one"), user("2"), assistant("two"));
    conversation.system("Be brief.");
    assertThat(conversation.history()).startsWith(system("Be brief."), user("1")).hasSize(5);
  }

  @Test
  void clearKeepsTheInstructions() {
    begin();
    model.says(A, B).says("x");
    ChatStream answer = conversation.say("2");
    answer.next();
    conversation.clear();
    assertThat(answer.finishReason()).contains(FinishReason.SUPERSEDED);
    assertThat(conversation.history()).containsExactly(system("Be brief."));
    assertThat(conversation.contextUsed()).isZero();
    conversation.ask("3");
    assertThat(model.lastRequest().messages()).containsExactly(system("Be brief."), user("3"));
  }
}
