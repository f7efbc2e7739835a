package dev.llamastream.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.ScriptedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** Conversations stay in the browser. */
class ConversationsTest extends ChatFixture {

  private static final ScriptedModel SHORT = ScriptedModel.of("Fine, ", "thanks.");

  private static void talkAbout(String text) {
    click("New chat");
    until(() -> find("greeting").isDisplayed());
    say(text);
    until(() -> titles().contains(text));
    untilAnswered();
  }

  @Test
  void areThereAfterAReload() throws IOException {
    start(SHORT);
    talkAbout("apples");
    talkAbout("pears");
    browser.navigate().refresh();

    until(() -> titles().size() == 2);
    assertThat(titles()).containsExactly("pears", "apples");
    assertThat(said()).containsExactly("pears");
    assertThat(answer()).isEqualTo("Fine, thanks.");

    all("#conversations a").getLast().click();
    until(() -> said().contains("apples"));
    browser.navigate().back();
    until(() -> said().contains("pears"));
  }

  @Test
  void keepWhatCameBeforeAReload() throws IOException {
    start(ENDLESS);
    say("Hello");
    untilGrown();
    untilGrown();
    String before = answer().substring(0, 20);
    browser.navigate().refresh();

    until(() -> !answers().isEmpty());
    assertThat(answer()).startsWith(before);
    assertThat(select(".note").getText()).isEqualTo("The answer was interrupted.");
    until(() -> busy() == 0);
    click("Continue");
    untilGrown();
    assertThat(answer()).startsWith(before);
  }

  @Test
  void goOnWhileAnotherIsShown() throws IOException {
    start(ENDLESS);
    say("Hello");
    untilGrown();
    String before = answer();
    click("New chat");
    until(() -> find("greeting").isDisplayed());
    assertThat(sendDoes("send")).isTrue();
    assertThat(busy()).isEqualTo(1);

    select("#conversations a").click();
    until(() -> answer().length() > before.length() + 50);
    assertThat(sendDoes("stop")).isTrue();
  }

  @Test
  void canBeFoundRenamedAndDeleted() throws IOException {
    start(SHORT);
    talkAbout("apples");
    talkAbout("pears");

    find("search").sendKeys("APP");
    assertThat(titles()).containsExactly("apples");
    click("Rename apples");
    press(Keys.chord(Keys.CONTROL, "a"), "fruit <b>", Keys.ENTER);
    find("search").sendKeys(Keys.chord(Keys.CONTROL, "a"), "thanks fruit");
    assertThat(titles()).containsExactly("fruit <b>");
    find("search").sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.BACK_SPACE);

    click("Delete pears");
    until(() -> titles().size() == 1);
    select("#toast button").click();
    until(() -> titles().size() == 2);
    click("Delete pears");
    until(() -> titles().size() == 1);
    browser.navigate().refresh();
    until(() -> titles().size() == 1);
    assertThat(titles()).containsExactly("fruit <b>");
  }

  @Test
  void canGoToAFileAndComeBack(@TempDir Path folder) throws IOException {
    start(SHORT);
    Browser.permit(browser);
    talkAbout("apples");
    script(
        "const make = URL.createObjectURL;"
            + "URL.createObjectURL = (blob) => { window.exported = blob; return make.call(URL, blob); }");
    find("export").click();
    Path file = folder.resolve("talks.json");
    Files.writeString(file, (String) script("return window.exported.text()"));
    click("Delete apples");
    until(() -> titles().isEmpty());

    find("import-file").sendKeys(file.toString());

    until(() -> titles().contains("apples"));
    select("#conversations a").click();
    until(() -> answer().equals("Fine, thanks."));
  }

  @Test
  void areNotReadFromAnythingElse(@TempDir Path folder) throws IOException {
    start(SHORT);
    Path file = folder.resolve("x.json");
    assertRefused(file, "{", "x.json is not JSON.");
    assertRefused(file, "[]", "x.json has no conversations of this page.");
    assertRefused(
        file,
        "{\"format\": \"llamastream.conversations\", \"conversations\": [{\"id\": \"x\"}]}",
        "x.json: conversation 1 is damaged.");
    assertThat(titles()).isEmpty();
  }

  private static void assertRefused(Path file, String content, String message) throws IOException {
    Files.writeString(file, content);
    find("import-file").sendKeys(file.toString());
    until(() -> text("toast").equals(message));
  }
}
