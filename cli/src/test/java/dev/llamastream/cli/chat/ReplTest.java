package dev.llamastream.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.ChatTemplateException;
import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ChatMessage;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplTest {

  private final FakeGenerator model = new FakeGenerator();

  private String chat(ScriptedTerminal terminal) {
    return chat(terminal, "");
  }

  private String chat(ScriptedTerminal terminal, String system) {
    ChatSettings settings = new ChatSettings(SamplerParams.defaults(), Integer.MAX_VALUE, true);
    assertThat(new Chat(model, settings, system).run(terminal, "Fake", true)).isZero();
    return terminal.screen();
  }

  private String chat(String... typed) {
    return chat(new ScriptedTerminal(typed));
  }

  @Test
  void greetsAndShowsFigures() {
    model.answering("Four", ".");
    ScriptedTerminal terminal = new ScriptedTerminal("What is 2+2?");
    ChatSettings settings = new ChatSettings(SamplerParams.greedy(), 5, true);

    new Chat(model, settings, "").run(terminal, "Fake", false);

    assertThat(terminal.screen())
        .isEqualTo(
            """
            Fake, context of 40 tokens. /help shows the commands.
            Four.
            (2 tokens, 0.0 tokens/s, first after 0.00 s; context: 5 of 40 (12 %))

            """);
  }

  @Test
  void remembersTheConversation() {
    model.answering("Four.").answering("Five.");

    assertThat(chat(new ScriptedTerminal("2+2?", "", "  ", "And 2+3?"), "Be brief."))
        .isEqualTo("Four.\n\nFive.\n\n");
    assertThat(model.lastMessages())
        .containsExactly("SYSTEM: Be brief.", "USER: 2+2?", "ASSISTANT: Four.", "USER: And 2+3?");
  }

  @Test
  void ctrlCStopsTheAnswerAndKeepsItsBeginning() {
    model.answering("One", " two", " three").answering("Yes");

    assertThat(chat(new ScriptedTerminal("Count!", "Go on!").stoppingAt(" two")))
        .isEqualTo("One two\n([Stopped])\n\nYes\n\n");
    assertThat(model.lastMessages())
        .containsExactly("USER: Count!", "ASSISTANT: One two", "USER: Go on!");
  }

  @Test
  void aQuestionWithoutAnAnswerIsReplacedByTheNext() {
    model.answering(new ChatDelta.Thinking("Hm"), new ChatDelta.Text("Hello")).answering("Yes");

    assertThat(chat(new ScriptedTerminal("Hi", "Bye").stoppingAt("Hm")))
        .isEqualTo("~[thinking]\n~Hm~\n~[/thinking]\n([Stopped])\n\nYes\n\n");
    assertThat(model.lastMessages()).containsExactly("USER: Bye");
  }

  @Test
  void aQuestionWithoutAnAnswerCanBeAskedAgain() {
    model.failing(new CancellationException("too long")).answering("Yes").answering("No");
    ScriptedTerminal terminal = new ScriptedTerminal("a", "/edit", "b", "/retry");

    chat(terminal);

    assertThat(terminal.drafts).containsExactly("", "", "a", "", "");
    assertThat(model.lastMessages()).containsExactly("USER: b");
    model.failing(new CancellationException("too long")).answering("Yes");
    chat("c", "/system \"\"", "/retry");
    assertThat(model.lastMessages()).containsExactly("USER: c");
  }

  @Test
  void thinkingIsMarkedAndKept() {
    model.answering(new ChatDelta.Thinking("Hm"), new ChatDelta.Text("Hello")).answering("Yes");

    assertThat(chat("Hi", "Bye")).isEqualTo("~[thinking]\n~Hm~\n~[/thinking]\nHello\n\nYes\n\n");
    assertThat(model.requests.getLast().messages().get(1).thinking()).isEqualTo("Hm");
  }

  @Test
  void retryAnswersAgain() {
    model.answering("One").answering("Two").answering("Three");

    assertThat(chat("Say a number", "/retry", "Another")).isEqualTo("One\n\nTwo\n\nThree\n\n");
    assertThat(model.lastMessages())
        .containsExactly("USER: Say a number", "ASSISTANT: Two", "USER: Another");
  }

  @Test
  void editReplacesTheLastMessage() {
    model.answering("One").answering("Two").answering("Three");
    ScriptedTerminal terminal = new ScriptedTerminal("First", "Second", "/edit", "Changed");

    chat(terminal);

    assertThat(terminal.drafts).containsExactly("", "", "", "Second", "");
    assertThat(model.lastMessages())
        .containsExactly("USER: First", "ASSISTANT: One", "USER: Changed");
  }

  @ParameterizedTest
  @CsvSource({"\u0003", "' '", "/temp"})
  void anEditThatIsGivenUpChangesNothing(String typed) {
    model.answering("One").answering("Two");

    chat("First", "/edit", typed, "Second");

    assertThat(model.lastMessages())
        .containsExactly("USER: First", "ASSISTANT: One", "USER: Second");
  }

  @Test
  void systemShowsReplacesAndRemoves() {
    model.answering("One").answering("Two").answering("Three");

    String screen =
        chat("/system", "/system Be brief.", "/system", "a", "/clear", "b", "/system \"\"", "c");

    assertThat(screen)
        .startsWith(
            """
            There is no system message.
            ([The system message is set])
            Be brief.
            One
            """);
    assertThat(model.requests.get(1).messages())
        .containsExactly(ChatMessage.system("Be brief."), ChatMessage.user("b"));
    assertThat(model.lastMessages()).containsExactly("USER: b", "ASSISTANT: Two", "USER: c");
  }

  @Test
  void settingsHoldForTheNextAnswer() {
    model.answering("One").answering("Two");

    String screen = chat("/think", "/think off", "/temp 0.25", "a", "/think on", "/temp 0", "b");

    assertThat(screen)
        .startsWith("([Thinking: on])\n([Thinking: off])\n([Temperature: 0.25])\nOne\n");
    assertThat(model.requests.getFirst().thinking()).isFalse();
    assertThat(model.requests.getFirst().sampler().temperature()).isEqualTo(0.25);
    assertThat(model.requests.getLast().thinking()).isTrue();
    assertThat(model.requests.getLast().sampler().temperature()).isZero();
  }

  @Test
  void theContextIsNeverMoreThanFull() {
    model.answering("One", "two");

    assertThat(chat("word ".repeat(39), "/stats")).endsWith("Context:      40 of 40 (100 %)\n");
  }

  @Test
  void statsShowTheLastAnswer() {
    model.answering("One", "two");

    assertThat(chat("/stats", "What is it?", "/stats"))
        .startsWith("There is no answer yet.\n")
        .contains("Answer:       2 tokens in 0.00 s", "Prompt:       3 tokens, 0 of them reused")
        .endsWith("Context:      5 of 40 (12 %)\n");
  }

  /** For the third question two: a quarter of the context for its answer, and one for later. */
  @Test
  void theOldestTurnsAreForgottenAndTheSystemMessageIsNot() {
    String tenWords = "1 2 3 4 5 6 7 8 9 10";
    model.answering("a").answering("b").answering("c").answering("d");

    String screen =
        chat(new ScriptedTerminal(tenWords, tenWords, tenWords, tenWords + tenWords), "Be brief.");

    assertThat(screen)
        .isEqualTo(
            """
            a

            b

            ([The context is full: the oldest 2 turns are forgotten])
            c

            ([The context is full: the oldest turn is forgotten])
            d

            """);
    assertThat(model.lastMessages())
        .containsExactly("SYSTEM: Be brief.", "USER: " + tenWords + tenWords);
  }

  @Test
  void aMessageThatIsTooLongIsRefusedAndNothingForgotten() {
    model.answering("a").answering("b");

    assertThat(chat("First", "word ".repeat(41), "Second"))
        .contains("error: prompt: 41 tokens, but the context holds 40\n");
    assertThat(model.lastMessages()).containsExactly("USER: First", "ASSISTANT: a", "USER: Second");
  }

  @Test
  void anErrorIsOneLineAndTheChatGoesOn() {
    model
        .failing(new ChatTemplateException("the template refuses:\n  roles must alternate\n"))
        .failing(new CancellationException("the prompt took too long"))
        .answering("Yes");

    assertThat(chat("a", "b", "c"))
        .isEqualTo(
            """
            error: the template refuses: roles must alternate
            error: the prompt took too long
            Yes

            """);
    assertThat(model.lastMessages()).containsExactly("USER: c");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /hepl        | /hepl: unknown; did you mean /help?
          /RETRY       | /RETRY: unknown; did you mean /retry?
          /sys         | /sys: unknown; did you mean /system?
          /usr         | /usr: unknown; /help shows all commands
          /clear all   | /clear takes nothing behind it
          /retry       | nothing was asked yet
          /edit        | nothing was asked yet
          /temp warm   | /temp warm: must be a number
          /temp -1     | temperature: -1.0, must be in [0.0, 100.0]
          /think maybe | /think maybe: must be on or off
          /save        | /save needs the name of a file
          /load /no/x  | /no/x: no such file or folder
          /save /no/x  | /no/x: no such file or folder
          """)
  void aCommandThatMakesNoSenseIsNamed(String typed, String error) {
    assertThat(chat(typed)).isEqualTo("error: " + error + "\n");
  }

  @Test
  void helpNamesAllCommands() {
    ScriptedTerminal terminal = new ScriptedTerminal("/help", "/exit", "never read");

    assertThat(chat(terminal)).contains("/exit", "between \"\"\" and \"\"\" may");
    assertThat(terminal.offered)
        .contains("help", "exit", "think")
        .allSatisfy(name -> assertThat(terminal.screen()).containsPattern("(?m)^/" + name))
        .hasSize(12);
    assertThat(model.requests).isEmpty();
  }
}
