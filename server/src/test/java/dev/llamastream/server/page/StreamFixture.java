package dev.llamastream.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.server.ServerParams;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The streaming demonstration. */
abstract class StreamFixture extends PageFixture {

  /** What the model says, over and over. It would be seen if any of it were taken for HTML. */
  static final ScriptedModel SCRIPT =
      ScriptedModel.of("<b onclick='x'>", " &amp; ", "größer, ", "漢字 ", "new\n", "\n\nlines, ")
          .repeat();

  static final int ENDLESS = 100_000;

  void start() throws IOException {
    start(params -> params, params -> params);
  }

  void start(
      UnaryOperator<EngineParams.Builder> engineParams,
      UnaryOperator<ServerParams.Builder> serverParams)
      throws IOException {
    start(SCRIPT.path(), engineParams, serverParams);
  }

  @Override
  void visit() {
    browser.get(address() + "#stream");
    untilStatus("Ready");
  }

  static void send(String way, String prompt, int maxTokens) {
    way(way).sendKeys(Keys.SPACE);
    find("max-tokens").sendKeys(Keys.chord(Keys.CONTROL, "a"), String.valueOf(maxTokens));
    find("prompt").clear();
    find("prompt").sendKeys(prompt, Keys.chord(Keys.CONTROL, Keys.ENTER));
  }

  static WebElement way(String way) {
    return select("input[value=" + way + "]");
  }

  /** What is on the page after the prompt. */
  static String written(String prompt) {
    String all = find("text").getDomProperty("textContent");
    return all.startsWith(prompt) ? all.substring(prompt.length()) : "";
  }

  static void assertSaidByModel(String text) {
    String script = SCRIPT.text();
    assertThat(script.repeat(text.length() / script.length() + 1)).startsWith(text);
  }

  static void untilStatus(String status) {
    until(() -> text("status").equals(status));
  }
}
