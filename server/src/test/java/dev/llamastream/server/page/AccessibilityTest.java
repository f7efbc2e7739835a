package dev.llamastream.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.server.NodePackages;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** axe-core finds nothing serious, whatever is shown. */
class AccessibilityTest extends ChatFixture {

  private static String axe;

  @BeforeAll
  static void readAxe() throws IOException, InterruptedException {
    NodePackages.install();
    axe = NodePackages.read("axe-core/axe.min.js");
  }

  @Test
  void ofTheChat() throws IOException {
    start(RICH);
    script(axe);
    assertNothingSerious("empty");

    openPanel().findElement(By.name("probabilities")).click();
    say("Tell me all");
    untilAnswered();
    assertNothingSerious("an answer, and the settings");

    click("Token probabilities");
    select(".tokens").sendKeys(Keys.ARROW_RIGHT);
    click("Edit");
    click("Rename");
    assertNothingSerious("tokens, and fields for changes");
  }

  @Test
  void ofThinkingAndTools() throws IOException {
    start(TOOLS);
    script(axe);
    openPanel().findElement(By.name("tools")).sendKeys(TOOL_LIST);
    say("How is the weather?");
    untilAnswered();
    select(".thinking summary").sendKeys(Keys.ENTER);
    assertNothingSerious("thinking and tools");
  }

  @Test
  void ofTheStreamAndThePhone() throws IOException {
    start(RICH, server -> server.apiToken("sesame"));
    script(axe);
    until(() -> find("token-dialog").isDisplayed());
    assertNothingSerious("the dialog");
    press("sesame", Keys.ENTER);
    until(() -> !find("token-dialog").isDisplayed());

    find("go-stream").click();
    find("prompt").sendKeys("Once", Keys.chord(Keys.CONTROL, Keys.ENTER));
    until(() -> find("report").isDisplayed());
    assertNothingSerious("the stream");

    Browser.phone(browser, 390);
    try {
      until(() -> !find("sidebar").isDisplayed());
      select("#stream-view .open-sidebar").click();
      assertNothingSerious("the list on a phone");
    } finally {
      Browser.desktop(browser);
    }
  }

  /** In light and in dark. */
  private static void assertNothingSerious(String shown) {
    for (String scheme : List.of("light", "dark")) {
      Browser.scheme(browser, scheme);
      assertThat(
              (List<?>)
                  script(
                      "await Promise.allSettled(document.getAnimations().map((each) => each.finished));"
                          + "const { violations } = await axe.run({ resultTypes: ['violations'] });"
                          + "return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')"
                          + ".map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)"))
          .as("%s, %s", shown, scheme)
          .isEmpty();
    }
  }
}
