package dev.llamastream.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WindowType;

/** What the model says grows on the page. {@code http} and {@code socket} are its two ways. */
class StreamingPageTest extends StreamFixture {

  @ParameterizedTest
  @ValueSource(strings = {"http", "socket"})
  void textGrowsWhileTheModelWrites(String way) throws IOException {
    start();
    send(way, "Once", ENDLESS);

    until(() -> !written("Once").isEmpty());
    String early = written("Once");
    until(() -> written("Once").length() > early.length() + 10);

    assertThat(text("status")).isEqualTo("Streaming");
    assertThat(busy()).isEqualTo(1);
    assertThat(written("Once")).startsWith(early);
    assertSaidByModel(written("Once"));
    until(() -> !text("speed").isEmpty());
    assertThat(text("first")).containsOnlyDigits();
    assertThat(Double.parseDouble(text("speed"))).isPositive();
    assertThat(browser.findElement(By.cssSelector("#chart .bars")).getDomAttribute("d"))
        .startsWith("M0 100");
    assertThat(text("chart-caption")).matches("Time between tokens: .+, at most .+");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "socket"})
  void allOfTheTextArrivesAsText(String way) throws IOException {
    start();
    send(way, "<i>Once</i>", 12);

    untilStatus("Max tokens reached: 12 tokens");

    assertThat(written("<i>Once</i>")).isEqualTo(SCRIPT.text().repeat(2));
    assertThat(browser.findElements(By.cssSelector("#text b, #text i"))).isEmpty();
    assertThat(text("tokens")).isEqualTo("12");
    assertThat(text("summary"))
        .matches("Max tokens reached · prompt of 1\\d tokens, 0 cached · .*");
    assertThat(text("go")).startsWith("Stream");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "socket"})
  void stopStopsTheModel(String way) throws IOException {
    start();
    send(way, "Once", ENDLESS);
    until(() -> !written("Once").isEmpty());

    assertThat(text("go")).startsWith("Stop");
    find("go").click();

    until(() -> busy() == 0);
    assertThat(text("status")).startsWith("Stopped: ");
    assertThat(written("Once")).isNotEmpty();
    assertThat(find("problem").isDisplayed()).isFalse();
  }

  @Test
  void aClosedTabStopsTheModel() throws IOException {
    start();
    String first = browser.getWindowHandle();
    browser.switchTo().newWindow(WindowType.TAB);
    visit();
    send("http", "Once", ENDLESS);
    until(() -> !written("Once").isEmpty());

    browser.close();
    browser.switchTo().window(first);

    until(() -> busy() == 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "socket"})
  void aNewRequestReplacesTheOneBefore(String way) throws IOException {
    start();
    send(way, "Once", ENDLESS);
    until(() -> !written("Once").isEmpty());

    send(way, "Twice", ENDLESS);

    until(() -> written("Twice").length() > 100);
    assertSaidByModel(written("Twice"));
    until(() -> busy() == 1);
    assertThat(text("status")).isEqualTo("Streaming");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "socket"})
  void twoTabsDoNotMix(String way) throws IOException {
    start();
    String first = browser.getWindowHandle();
    send(way, "Once", ENDLESS);
    String second = browser.switchTo().newWindow(WindowType.TAB).getWindowHandle();
    visit();
    send(way, "Twice", ENDLESS);
    until(() -> written("Twice").length() > 50 && busy() == 2);

    find("go").click();
    until(() -> busy() == 1);
    String stopped = written("Twice");
    browser.switchTo().window(first);
    String before = written("Once");
    until(() -> written("Once").length() > before.length() + 50);

    assertThat(text("status")).isEqualTo("Streaming");
    assertSaidByModel(written("Once"));
    browser.switchTo().window(second);
    assertThat(written("Twice")).isEqualTo(stopped);
    assertSaidByModel(stopped);
    assertThat(Browser.complaints(browser)).isEmpty();
    browser.close();
    browser.switchTo().window(first);
  }

  @Test
  void aConnectionThatBreaksAfterTheEndIsNoFailure() throws IOException {
    start();
    script(
        "const frames = 'data: {\"token\":\"x\"}\\n\\n'"
            + "+ 'data: {\"token\":\"\",\"done\":true,\"finish_reason\":\"max_tokens\"}\\n\\n';"
            + "window.fetch = async () => new Response(new ReadableStream({"
            + "start(body) { body.enqueue(new TextEncoder().encode(frames));"
            + "setTimeout(() => { body.error(new Error('cut')); window.broken = true; }, 200); }}));");
    send("http", "Once", 1);

    until(() -> script("return Boolean(window.broken)").equals(true));
    untilStatus("Max tokens reached: 1 token");
    // that the page has heard of it
    script("return new Promise((done) => setTimeout(done, 100))");
    assertThat(text("status")).isEqualTo("Max tokens reached: 1 token");
    assertThat(find("problem").isDisplayed()).isFalse();
  }

  @Test
  void aKeyThatIsHeldStartsOneStream() throws IOException {
    start();
    send("http", "Once", ENDLESS);
    until(() -> !written("Once").isEmpty());

    for (int i = 0; i < 3; i++) {
      Browser.repeatControlEnter(browser);
    }

    String before = written("Once");
    until(() -> written("Once").length() > before.length() + 50);
    assertThat(ended).hasValue(0);
  }

  @Test
  void keyboardIsEnough() throws IOException {
    start();
    assertThat(focused()).isEqualTo("prompt");
    press("Once", Keys.ENTER);
    assertThat(find("prompt").getDomProperty("value")).isEqualTo("Once\n");
    press(Keys.TAB, Keys.HOME, Keys.ARROW_RIGHT);
    assertThat(focused()).isEqualTo("temperature");
    assertThat(text("temperature-value")).isEqualTo("0.05");
    press(Keys.TAB);
    assertThat(focused()).isEqualTo("max-tokens");
    press(Keys.chord(Keys.CONTROL, "a"), "5000", Keys.TAB, Keys.ARROW_RIGHT);
    assertThat(way("socket").isSelected()).isTrue();
    press(Keys.TAB);
    assertThat(focused()).isEqualTo("go");
    assertThat(browser.switchTo().activeElement().getCssValue("outline-style")).isEqualTo("solid");

    press(Keys.ENTER);
    until(() -> !written("Once\n").isEmpty());
    press(Keys.ESCAPE);
    until(() -> busy() == 0);
    assertThat(text("status")).startsWith("Stopped: ");

    press(Keys.chord(Keys.CONTROL, Keys.ENTER));
    until(() -> busy() == 1);
    assertThat(focused()).isEqualTo("go");
  }

  @Test
  void fitsOnAPhone() throws IOException {
    Browser.phone(browser, 320);
    try {
      start();
      send("http", "Onceuponatime".repeat(30), ENDLESS);
      until(() -> script("return scrollY > 50").equals(true));

      assertFitsInWidth();
      assertInView("go");
      find("go").click();
      until(() -> busy() == 0);
    } finally {
      Browser.desktop(browser);
    }
  }
}
