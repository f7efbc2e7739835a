package dev.llamastream.store.internal.ollama;

import static dev.llamastream.store.internal.ollama.TranslatedTemplate.HELLO;
import static dev.llamastream.store.internal.ollama.TranslatedTemplate.HI;
import static dev.llamastream.store.internal.ollama.TranslatedTemplate.MORE;
import static dev.llamastream.store.internal.ollama.TranslatedTemplate.SYSTEM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.chat.ChatMessage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What these templates must give was found with Ollama 0.17.4's own package. */
class LegacyTemplateTest {

  private static final String TURN =
      "{{ if .System }}<sys>{{ .System }}</sys>{{ end }}{{ if .Prompt }}<u>{{ .Prompt }}</u>{{ end }}"
          + "<a>{{ .Response }}</a>";

  private static TranslatedTemplate engine;

  @BeforeAll
  static void load() {
    engine = new TranslatedTemplate();
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  @Test
  void onePrompt() {
    assertThat(engine.render(TURN, HELLO)).isEqualTo("<u>Hello!</u><a>");
    assertThat(engine.render(TURN, SYSTEM, HELLO))
        .isEqualTo("<sys>Be brief.</sys><u>Hello!</u><a>");
  }

  @Test
  void severalTurns() {
    assertThat(engine.render(TURN, SYSTEM, HELLO, HI, MORE))
        .isEqualTo("<sys>Be brief.</sys><u>Hello!</u><a>Hi.</a><u>More?</u><a>");
  }

  @Test
  void anAnswerThatGoesOn() {
    assertThat(engine.render(TURN, HELLO, HI)).isEqualTo("<u>Hello!</u><a>Hi.");
  }

  @Test
  void unusualOrders() {
    assertThat(engine.render(TURN, SYSTEM)).isEqualTo("<sys>Be brief.</sys><a>");
    assertThat(engine.render(TURN, HI, HELLO)).isEqualTo("<a>Hi.</a><u>Hello!</u><a>");
    assertThat(engine.render(TURN, HELLO, SYSTEM, MORE))
        .isEqualTo("<u>Hello!</u><a></a><sys>Be brief.</sys><u>More?</u><a>");
    assertThat(engine.render(TURN, HELLO, HI, SYSTEM, MORE))
        .isEqualTo("<u>Hello!</u><a>Hi.</a><sys>Be brief.</sys><u>More?</u><a>");
  }

  @Test
  void consecutiveMessagesOfARoleAreOne() {
    assertThat(engine.render(TURN, SYSTEM, SYSTEM, HELLO, MORE, HI, HI))
        .isEqualTo("<sys>Be brief.\n\nBe brief.</sys><u>Hello!\n\nMore?</u><a>Hi.\n\nHi.");
  }

  @Test
  void anEmptyPromptIsNone() {
    assertThat(engine.render(TURN, ChatMessage.user(""), HI, MORE))
        .isEqualTo("<a>Hi.</a><u>More?</u><a>");
  }

  @Test
  void theResponseComesLastIfItIsNotMentioned() {
    String go = "{{ if .System }}{{ .System }} {{ end }}[INST] {{ .Prompt }} [/INST]";

    assertThat(engine.render(go, SYSTEM, HELLO, HI, MORE))
        .isEqualTo("Be brief. [INST] Hello! [/INST]Hi.[INST] More? [/INST]");
  }

  @Test
  void whatFollowsTheResponseInTheSameBlock() {
    // Ollama itself fails here
    String go = "{{ .Prompt }}:{{ if true }}{{ .Response }};{{ else }}-{{ end }}!";

    assertThat(engine.render(go, HELLO, HI, MORE)).isEqualTo("Hello!:Hi.;!More?:");
  }

  @Test
  void aConditionCutsNothing() {
    String go = "{{ .Prompt }}{{ if .Response }}<{{ .Response }}>{{ end }}";

    assertThat(engine.render(go, HELLO, HI, MORE)).isEqualTo("Hello!<Hi.>More?");
  }

  @Test
  void variablesAreNewInEachTurn() {
    String go =
        "{{ $p := .Prompt }}{{ if .System }}{{ $p = printf \"%s %s\" .System $p }}{{ end }}"
            + "{{ $p }}>{{ .Response }};";

    assertThat(engine.render(go, SYSTEM, HELLO, HI, MORE)).isEqualTo("Be brief. Hello!>Hi.;More?>");
  }

  @Test
  void namesThatOnlyTheNewerFormHas() {
    assertThat(engine.render("{{ if .Tools }}tools{{ end }}{{ .Prompt }}", HELLO))
        .isEqualTo("Hello!");
    assertThat(engine.render("{{ if .Suffix }}fill{{ else }}{{ .Prompt }}{{ end }}", HELLO))
        .isEqualTo("Hello!");
  }
}
