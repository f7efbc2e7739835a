package dev.llamastream.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.Model;
import dev.llamastream.StreamStats;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineListener;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.engine.EngineSnapshot;
import dev.llamastream.server.LlamaServer;
import dev.llamastream.server.ServerParams;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.By;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.FluentWait;

/** The page in a real browser, of a server of its own. */
@Timeout(120)
abstract class PageFixture {

  @RegisterExtension
  static final BeforeAllCallback BROWSER = context -> browser = Browser.shared(context);

  static ChromeDriver browser;

  final AtomicInteger ended = new AtomicInteger();
  private Model model;
  private Engine engine;
  LlamaServer server;

  @AfterEach
  void stop() {
    List<String> complaints = Browser.complaints(browser);
    browser.get("about:blank");
    server.close();
    engine.close();
    model.close();
    assertThat(complaints).isEmpty();
  }

  /** Serves a model, and goes to the page. */
  void start(
      Path file,
      UnaryOperator<EngineParams.Builder> engineParams,
      UnaryOperator<ServerParams.Builder> serverParams)
      throws IOException {
    model = Model.load(file);
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

  /** Goes to the page, and waits until it can be used. */
  abstract void visit();

  String address() {
    return "http://127.0.0.1:" + server.port() + "/";
  }

  static void press(CharSequence... keys) {
    browser.switchTo().activeElement().sendKeys(keys);
  }

  static WebElement find(String id) {
    return browser.findElement(By.id(id));
  }

  static WebElement select(String css) {
    return browser.findElement(By.cssSelector(css));
  }

  static List<WebElement> all(String css) {
    return browser.findElements(By.cssSelector(css));
  }

  static String text(String id) {
    return find(id).getText();
  }

  static String focused() {
    return browser.switchTo().activeElement().getDomAttribute("id");
  }

  static Object script(String script, Object... arguments) {
    return browser.executeScript(script, arguments);
  }

  static void assertFitsInWidth() {
    assertThat(script("return document.documentElement.scrollWidth <= innerWidth")).isEqualTo(true);
  }

  static void assertInView(String id) {
    assertThat(
            script(
                "const box = document.getElementById(arguments[0]).getBoundingClientRect();"
                    + "return box.top > 0 && box.bottom <= innerHeight",
                id))
        .isEqualTo(true);
  }

  int busy() {
    EngineSnapshot snapshot = engine.snapshot();
    return snapshot.running() + snapshot.waiting() + snapshot.parked();
  }

  /** Waits as long as it takes; the page's state is in the message if it takes too long. */
  static void until(BooleanSupplier condition) {
    new FluentWait<>(condition)
        .withTimeout(Duration.ofSeconds(60))
        .pollingEvery(Duration.ofMillis(20))
        .ignoring(StaleElementReferenceException.class)
        .withMessage(() -> browser.findElement(By.tagName("body")).getText())
        .until(BooleanSupplier::getAsBoolean);
  }
}
