package dev.llamastream.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.fixture.TinyModel;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.interactions.Actions;

/** A talk, as a person has it with whatever keys, screen and colours. */
class PageTest extends ChatFixture {

  @Test
  void anAnswerGrowsUntilItIsStopped() throws IOException {
    start(ENDLESS);
    say("Hello");

    until(() -> !answer().isEmpty());
    assertThat(said()).containsExactly("Hello");
    assertThat(answers().getFirst().getDomAttribute("aria-busy")).isEqualTo("true");
    untilGrown();
    assertThat(busy()).isEqualTo(1);

    find("send").click();
    until(() -> busy() == 0);
    untilAnswered();
    assertThat(answer()).startsWith("Well, there is more to say.");
    assertThat(select(".note").getText()).isEqualTo("Stopped.");
  }

  @Test
  void anAnswerGoesOnWhereItWasStopped() throws IOException {
    start(ENDLESS);
    say("Hello");
    untilGrown();
    press(Keys.ESCAPE);
    untilAnswered();
    String before = answer();

    click("Continue");

    untilGrown();
    assertThat(answer()).startsWith(before);
    assertThat(answers()).hasSize(1);
  }

  @Test
  void anAnswerCanBeGeneratedAgain() throws IOException {
    start(ScriptedModel.of("Fine, ", "thanks."));
    say("How are you?");
    untilAnswered();
    click("Regenerate");
    until(() -> !all(".assistant .versions:not(:empty)").isEmpty());
    untilAnswered();

    assertThat(answers()).hasSize(1);
    assertThat(select(".assistant .versions").getText()).isEqualTo("2 / 2");
    click("Earlier version");
    assertThat(select(".assistant .versions").getText()).isEqualTo("1 / 2");
    assertThat(answer()).isEqualTo("Fine, thanks.");
  }

  @Test
  void aMessageCanBeEdited() throws IOException {
    start(ScriptedModel.of("Fine, ", "thanks."));
    say("first");
    untilAnswered();
    say("second");
    until(() -> answers().size() == 2);
    untilAnswered();

    script("document.querySelector('[aria-label=Edit]').click()");
    press(Keys.chord(Keys.CONTROL, "a"), "changed", Keys.ENTER);
    until(() -> said().equals(List.of("changed")));
    untilAnswered();

    click("Earlier version");
    until(() -> said().equals(List.of("first", "second")));
    click("Later version");
    until(() -> said().equals(List.of("changed")));
    assertThat(answer()).isEqualTo("Fine, thanks.");
  }

  @Test
  void markdownIsShownAndDoesNoHarm() throws IOException {
    start(RICH);
    say("Tell me all");
    untilAnswered();

    assertThat(select(".markdown h3").getText()).isEqualTo("Heading");
    assertThat(select(".markdown strong").getText()).isEqualTo("bold");
    assertThat(all(".markdown td").getLast().getDomAttribute("align")).isEqualTo("right");
    until(() -> !all(".code .hljs-string").isEmpty());
    assertThat(answer())
        .contains("<img src=x onerror=\"window.pwned=1\">", "<script>", "<p style='color:red'>");
    assertThat(all(".markdown :is(img, script, [style])")).isEmpty();
    assertThat(all(".markdown a[href]"))
        .extracting(link -> link.getDomAttribute("href"))
        .containsExactly("https://example.org/", "https://example.org/x.png");
    assertThat(script("return window.pwned")).isNull();
  }

  @Test
  void codeCanBeCopied() throws IOException {
    start(RICH);
    Browser.permit(browser);
    say("Tell me all");
    untilAnswered();

    select(".code .copy").click();

    until(() -> select(".code .copy").getText().equals("Copied"));
    assertThat(script("return navigator.clipboard.readText()"))
        .isEqualTo("print('" + "long ".repeat(40) + "')");
  }

  @Test
  void thinkingIsFoldedAndToolsAreShown() throws IOException {
    start(TOOLS);
    openPanel().findElement(By.name("tools")).sendKeys(TOOL_LIST);
    say("How is the weather?");
    untilAnswered();

    assertThat(select(".thinking summary").getText()).isEqualTo("Thoughts");
    assertThat(select(".thinking .markdown").isDisplayed()).isFalse();
    select(".thinking summary").sendKeys(Keys.ENTER);
    assertThat(select(".thinking .markdown").getText()).isEqualTo("Hm, weather.");
    assertThat(select(".calls summary").getText()).isEqualTo("Calls get_weather");
    assertThat(select(".calls pre").getText()).contains("\"city\": \"Paris\"");

    select(".calls textarea").sendKeys("Sunny");
    select(".calls .primary").click();
    until(() -> answers().size() == 2);
    untilAnswered();
    assertThat(select(".tool summary").getText()).isEqualTo("Result of get_weather");
  }

  @Test
  void tokensShowHowProbableTheyWere() throws IOException {
    start(ScriptedModel.of("Fine, ", "thanks."));
    openPanel().findElement(By.name("probabilities")).click();
    say("How are you?");
    untilAnswered();

    click("Token probabilities");
    assertThat(all(".tokens span")).extracting(token -> token.getText()).contains("thanks.");
    new Actions(browser).moveToElement(select(".tokens span")).perform();
    until(() -> select(".tip").isDisplayed());
    assertThat(select(".tip .chosen").getText()).contains("Fine,", "100.0 %");
    select(".tokens").sendKeys(Keys.ARROW_RIGHT);
    assertThat(select(".tip").isDisplayed()).isTrue();
  }

  @Test
  void settingsAreSent() throws IOException {
    start(ENDLESS);
    openPanel().findElement(By.name("max_tokens")).sendKeys("3");
    say("Hello");
    untilAnswered();

    assertThat(select(".note").getText()).isEqualTo("The limit of tokens was reached.");
    assertThat(select(".figures").getText()).startsWith("3 tokens");
    assertThat(text("room")).matches("\\d+ of [\\d,]+ tokens");
    assertThat(find("model").getText()).isNotEmpty();

    find("settings").findElement(By.name("max_tokens")).sendKeys(Keys.BACK_SPACE, "0");
    say("again");
    assertThat(said()).containsExactly("Hello");
    assertThat(browser.switchTo().activeElement().getDomAttribute("name")).isEqualTo("max_tokens");
  }

  @Test
  void saysWhyThereIsNoAnswer() throws IOException {
    start(TinyModel.defaults().gguf().writeShared("bare"), engine -> engine, server -> server);
    say("Hello");

    until(() -> !all(".problem").isEmpty());
    assertThat(select(".problem p").getText()).isEqualTo("This model has no chat template.");
    server.close();
    select(".problem button").click();
    until(() -> select(".problem p").getText().startsWith("The server cannot be reached"));
    assertThat(said()).containsExactly("Hello");
  }

  @Test
  void asksForTheTokenOnceAndKeepsIt() throws IOException {
    start(ENDLESS, server -> server.apiToken("open/sesame+1?"));
    until(() -> find("token-dialog").isDisplayed());
    press("wrong", Keys.ENTER);
    until(() -> find("token-wrong").isDisplayed());
    press("open/sesame+1?", Keys.ENTER);
    until(() -> find("model").isDisplayed());
    assertThat(find("token-dialog").isDisplayed()).isFalse();

    visit();
    browser.navigate().refresh();
    until(() -> find("model").isDisplayed());
    say("Hello");
    untilGrown();
    assertThat(find("token-dialog").isDisplayed()).isFalse();
  }

  @Test
  void keyboardIsEnough() throws IOException {
    start(ENDLESS);
    until(() -> "message".equals(focused()));
    press("one", Keys.chord(Keys.SHIFT, Keys.ENTER), "two");
    assertThat(find("message").getDomProperty("value")).isEqualTo("one\ntwo");
    press(Keys.ENTER);
    untilGrown();
    assertThat(said()).containsExactly("one\ntwo");
    press(Keys.ESCAPE);
    untilAnswered();

    tabBackTo("Regenerate");
    press(Keys.ENTER);
    until(() -> busy() == 1);
    press(Keys.ESCAPE);
    until(() -> busy() == 0);
    tabBackTo("Settings");
    press(Keys.ENTER);
    assertThat(find("panel").isDisplayed()).isTrue();
    assertThat(browser.switchTo().activeElement().getCssValue("outline-style")).isEqualTo("solid");

    press(Keys.chord(Keys.CONTROL, Keys.SHIFT, "o"));
    until(() -> find("greeting").isDisplayed() && "message".equals(focused()));
  }

  private static void tabBackTo(String label) {
    for (int i = 0; i < 50; i++) {
      if (label.equals(browser.switchTo().activeElement().getDomAttribute("aria-label"))) {
        return;
      }
      press(Keys.chord(Keys.SHIFT, Keys.TAB));
    }
    throw new AssertionError("no way to " + label);
  }

  @Test
  void onAPhoneThereIsTheTalkAndTheBox() throws IOException {
    Browser.phone(browser, 390);
    try {
      start(RICH);
      assertThat(find("sidebar").isDisplayed()).isFalse();
      say("Tell me all");
      untilAnswered();

      assertFitsInWidth();
      assertInView("send");
      for (String id : List.of("model", "room", "panel", "sidebar")) {
        assertThat(find(id).isDisplayed()).as(id).isFalse();
      }
      select("#chat-view .open-sidebar").click();
      until(() -> titles().equals(List.of("Tell me all"))); // it slides in
      assertFitsInWidth();
      press(Keys.ESCAPE);
      assertThat(find("sidebar").isDisplayed()).isFalse();
    } finally {
      Browser.desktop(browser);
    }
  }

  @Test
  void followsTheSchemeOfTheSystemUnlessToldOtherwise() throws IOException {
    start(ENDLESS);
    Browser.scheme(browser, "light");
    assertThat(background()).startsWith("rgba(251");
    Browser.scheme(browser, "dark");
    assertThat(background()).startsWith("rgba(21");

    script("document.querySelector('[name=appearance][value=light]').click()");
    assertThat(background()).startsWith("rgba(251");
  }

  private static String background() {
    return browser.findElement(By.tagName("body")).getCssValue("background-color");
  }
}
