package dev.llamastream.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.Model;
import dev.llamastream.StreamStats;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineListener;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.engine.EngineSnapshot;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.server.LlamaServer;
import dev.llamastream.server.ServerParams;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.FluentWait;

/** The page in a real browser, of a server of its own. */
@Timeout(120)
abstract class PageFixture {

  /** What the model says, over and over. It would be seen if any of it were taken for HTML. */
  static final ScriptedModel SCRIPT =
      ScriptedModel.of("<b onclick='x'>", " &amp; ", "größer, ", "漢字 ", "new\n", "\n\nlines, ")
          .repeat();

  static final int ENDLESS = 100_000;

  static ChromeDriver browser;

  final AtomicInteger ended = new AtomicInteger();
  private Model model;
  private Engine engine;
  LlamaServer server;

  @BeforeAll
  static void openBrowser() {
    browser = Browser.open();
  }

  @AfterAll
  static void closeBrowser() {
    if (browser != null) {
      browser.quit();
    }
  }

  @AfterEach
  void stop() {
    List<String> complaints = Browser.complaints(browser);
    browser.get("about:blank");
    server.close();
    engine.close();
    model.close();
    assertThat(complaints).isEmpty();
  }

  void start() throws IOException {
    start(params -> params, params -> params);
  }

  void start(
      UnaryOperator<EngineParams.Builder> engineParams,
      UnaryOperator<ServerParams.Builder> serverParams)
      throws IOException {
    model = Model.load(SCRIPT.path());
    EngineParams.Builder params =
        EngineParams.builder()
            .context(EngineParams.defaults().context().toBuilder().threads(1).build())
            .prefixCache(false)
            .listener(new Reader());
    engine = Engine.open(model, engineParams.apply(params).build());
    server =
        LlamaServer.start(
            engine, model, serverParams.apply(ServerParams.builder().port(0)).build());
    visit();
  }

  /** Slows the model down to what a person can follow: otherwise all would be there at once. */
  private final class Reader implements EngineListener {
    @Override
    public void onEnd(StreamStats stats) {
      ended.incrementAndGet();
    }

    @Override
    public void onStep(int promptTokens, int streams, Duration elapsed) {
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
  }

  String address() {
    return "http://127.0.0.1:" + server.port() + "/";
  }

  void visit() {
    browser.get(address());
    untilStatus("Ready");
  }

  static void send(String way, String prompt, int maxTokens) {
    way(way).sendKeys(Keys.SPACE);
    find("max-tokens").sendKeys(Keys.chord(Keys.CONTROL, "a"), String.valueOf(maxTokens));
    find("prompt").clear();
    find("prompt").sendKeys(prompt, Keys.chord(Keys.CONTROL, Keys.ENTER));
  }

  static void press(CharSequence... keys) {
    browser.switchTo().activeElement().sendKeys(keys);
  }

  static WebElement find(String id) {
    return browser.findElement(By.id(id));
  }

  static WebElement way(String way) {
    return browser.findElement(By.cssSelector("input[value=" + way + "]"));
  }

  static String text(String id) {
    return find(id).getText();
  }

  static String focused() {
    return browser.switchTo().activeElement().getDomAttribute("id");
  }

  static Object script(String script) {
    return browser.executeScript(script);
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

  int busy() {
    EngineSnapshot snapshot = engine.snapshot();
    return snapshot.running() + snapshot.waiting() + snapshot.parked();
  }

  static void untilStatus(String status) {
    until(() -> text("status").equals(status));
  }

  /** Waits as long as it takes; the page's state is in the message if it takes too long. */
  static void until(BooleanSupplier condition) {
    new FluentWait<>(condition)
        .withTimeout(Duration.ofSeconds(60))
        .pollingEvery(Duration.ofMillis(20))
        .withMessage(
            () ->
                browser.findElements(By.cssSelector("#status, #problem, #text")).stream()
                    .map(WebElement::getText)
                    .collect(Collectors.joining(" | ")))
        .until(BooleanSupplier::getAsBoolean);
  }
}
