package dev.llamastream.server.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.ContextParams;
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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.FluentWait;

/**
 * The page in a real browser, as a person uses it. {@code http} and {@code socket} are its two
 * ways.
 */
@Timeout(120)
class PageTest {

  /** What the model says, over and over. It would be seen if any of it were taken for HTML. */
  private static final ScriptedModel SCRIPT =
      ScriptedModel.of("<b onclick='x'>", " &amp; ", "größer, ", "漢字 ", "new\n", "\n\nlines, ")
          .repeat();

  private static final int ENDLESS = 100_000;

  private static ChromeDriver browser;

  private final AtomicInteger ended = new AtomicInteger();
  private Model model;
  private Engine engine;
  private LlamaServer server;

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
  void aPromptAndSensibleNumbersAreNeeded() throws IOException {
    start();
    press(Keys.chord(Keys.CONTROL, Keys.ENTER));
    assertThat(text("status")).isEqualTo("Ready");

    send("http", "Once", 0);
    assertThat(text("status")).isEqualTo("Ready");
    assertThat(focused()).isEqualTo("max-tokens");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "socket"})
  void showsWhyARequestWasRefused(String way) throws IOException {
    start(engine -> engine.maxTokensPerStream(64), server -> server);
    send(way, "far too long ".repeat(20), 10);

    untilStatus("Failed");
    assertThat(text("problem")).containsPattern("token").endsWith(".");
    assertThat(find("problem").getAriaRole()).isEqualTo("alert");

    send(way, "short", 10);
    untilStatus("Max tokens reached: 10 tokens");
    assertThat(find("problem").isDisplayed()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "socket"})
  void showsThatTheServerIsFull(String way) throws IOException {
    start(engine -> engine.slots(1).queueCapacity(1), server -> server);
    try (HttpClient others = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(address() + "stream"))
              .header("Content-Type", "application/json")
              .POST(
                  BodyPublishers.ofString("{\"prompt\": \"Once\", \"max_tokens\": 100000}", UTF_8))
              .build();
      var running = others.sendAsync(request, BodyHandlers.ofInputStream());
      until(() -> busy() == 1);
      var waiting = others.sendAsync(request, BodyHandlers.ofInputStream());
      until(() -> busy() == 2);

      send(way, "Once", 10);

      untilStatus("Failed");
      assertThat(text("problem")).isNotEmpty();
      if (way.equals("http")) {
        assertThat(text("problem")).containsPattern("Try again in \\d+ second");
      }
      running.cancel(true);
      waiting.cancel(true);
      others.shutdownNow();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "socket"})
  void showsThatTheServerIsGone(String way) throws IOException {
    start();
    send(way, "Once", ENDLESS);
    until(() -> !written("Once").isEmpty());

    server.close();

    until(() -> text("status").startsWith("Failed: "));
    assertThat(text("problem")).isNotEmpty();
    assertThat(written("Once")).isNotEmpty();

    send(way, "Once", ENDLESS);
    untilStatus("Failed");
    assertThat(text("problem")).isEqualTo("The server cannot be reached. Is it running?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "socket"})
  void asksForTheTokenThatTheServerWants(String way) throws IOException {
    start(engine -> engine, server -> server.apiToken("open/sesame+1?"));
    assertThat(find("key").isDisplayed()).isFalse();
    send(way, "Once", 6);

    until(() -> find("key").isDisplayed());
    assertThat(focused()).isEqualTo("key");
    assertThat(find("problem").isDisplayed()).isTrue();

    press("wrong", Keys.ENTER);
    until(() -> text("status").equals("Failed"));
    press(Keys.chord(Keys.CONTROL, "a"), "open/sesame+1?", Keys.ENTER);

    untilStatus("Max tokens reached: 6 tokens");
    assertThat(written("Once")).isEqualTo(SCRIPT.text());
  }

  /** The page asks over HTTP why a socket was refused; meanwhile its person goes on. */
  @Test
  void aSocketThatWasRefusedEndsNoOtherStream() throws IOException {
    start(engine -> engine, server -> server.apiToken("sesame"));
    send("http", "Once", ENDLESS);
    until(() -> find("key").isDisplayed());
    press("wrong");
    script(
        "const ask = window.fetch;"
            + "window.fetch = (...request) => new Promise((go) => (window.answer = go))"
            + ".then(() => ask(...request)).finally(() => setTimeout(() => (window.told = true)));");
    send("socket", "Once", ENDLESS);
    until(() -> script("return Boolean(window.answer)").equals(true));

    find("key").clear();
    find("key").sendKeys("sesame");
    send("socket", "Twice", ENDLESS);
    until(() -> !written("Twice").isEmpty());
    script("window.answer()");
    until(() -> script("return Boolean(window.told)").equals(true));

    String before = written("Twice");
    until(() -> written("Twice").length() > before.length() + 50);
    assertThat(text("status")).isEqualTo("Streaming");
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

  private void start() throws IOException {
    start(params -> params, params -> params);
  }

  private void start(
      UnaryOperator<EngineParams.Builder> engineParams,
      UnaryOperator<ServerParams.Builder> serverParams)
      throws IOException {
    model = Model.load(SCRIPT.path());
    EngineParams.Builder params =
        EngineParams.builder()
            .context(ContextParams.builder().contextSize(8192).threads(1).build())
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

  private String address() {
    return "http://127.0.0.1:" + server.port() + "/";
  }

  private void visit() {
    browser.get(address());
    untilStatus("Ready");
  }

  private static void send(String way, String prompt, int maxTokens) {
    way(way).sendKeys(Keys.SPACE);
    find("max-tokens").sendKeys(Keys.chord(Keys.CONTROL, "a"), String.valueOf(maxTokens));
    find("prompt").clear();
    find("prompt").sendKeys(prompt, Keys.chord(Keys.CONTROL, Keys.ENTER));
  }

  private static void press(CharSequence... keys) {
    browser.switchTo().activeElement().sendKeys(keys);
  }

  private static WebElement find(String id) {
    return browser.findElement(By.id(id));
  }

  private static WebElement way(String way) {
    return browser.findElement(By.cssSelector("input[value=" + way + "]"));
  }

  private static String text(String id) {
    return find(id).getText();
  }

  private static String focused() {
    return browser.switchTo().activeElement().getDomAttribute("id");
  }

  private static Object script(String script) {
    return browser.executeScript(script);
  }

  /** What is on the page after the prompt. */
  private static String written(String prompt) {
    String all = find("text").getDomProperty("textContent");
    return all.startsWith(prompt) ? all.substring(prompt.length()) : "";
  }

  private static void assertSaidByModel(String text) {
    String script = SCRIPT.text();
    assertThat(script.repeat(text.length() / script.length() + 1)).startsWith(text);
  }

  private int busy() {
    EngineSnapshot snapshot = engine.snapshot();
    return snapshot.running() + snapshot.waiting() + snapshot.parked();
  }

  private static void untilStatus(String status) {
    until(() -> text("status").equals(status));
  }

  /** Waits as long as it takes; the page's state is in the message if it takes too long. */
  private static void until(BooleanSupplier condition) {
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
