package dev.llamastream.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** The page as a person uses it, with whatever keys, screen and colours. */
class PageTest extends PageFixture {

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
    Browser.phone(browser);
    try {
      start();
      send("http", "Onceuponatime".repeat(30), ENDLESS);
      until(() -> script("return scrollY > 50").equals(true));

      assertThat(script("return document.documentElement.scrollWidth <= innerWidth"))
          .isEqualTo(true);
      assertThat(
              script(
                  "const box = document.getElementById('go').getBoundingClientRect();"
                      + "return box.top > 0 && box.bottom <= innerHeight"))
          .isEqualTo(true);
      find("go").click();
      until(() -> busy() == 0);
    } finally {
      Browser.desktop(browser);
    }
  }

  @Test
  void followsTheSchemeOfTheSystem() throws IOException {
    start();
    Browser.scheme(browser, "light");
    String light = browser.findElement(By.tagName("body")).getCssValue("background-color");
    Browser.scheme(browser, "dark");
    String dark = browser.findElement(By.tagName("body")).getCssValue("background-color");

    assertThat(light).startsWith("rgba(251");
    assertThat(dark).startsWith("rgba(21");
  }
}
