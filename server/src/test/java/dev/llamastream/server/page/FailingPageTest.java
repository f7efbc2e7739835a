package dev.llamastream.server.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/** What the page says where it cannot have what was asked for. */
class FailingPageTest extends StreamFixture {

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
    assertThat(find("token-dialog").isDisplayed()).isFalse();
    send(way, "Once", 6);

    until(() -> find("token-dialog").isDisplayed());
    press("wrong", Keys.ENTER);
    until(() -> find("token-wrong").isDisplayed());
    press("open/sesame+1?", Keys.ENTER);

    untilStatus("Max tokens reached: 6 tokens");
    assertThat(written("Once")).isEqualTo(SCRIPT.text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "socket"})
  void doesWithoutTheTokenIfNoneIsGiven(String way) throws IOException {
    start(engine -> engine, server -> server.apiToken("sesame"));
    send(way, "Once", 6);
    until(() -> find("token-dialog").isDisplayed());

    press(Keys.ESCAPE);

    until(() -> find("problem").isDisplayed());
    assertThat(text("problem")).isEqualTo("A valid bearer token is needed.");
    assertThat(text("status")).isEqualTo("Failed");
  }

  /** The page asks over HTTP why the socket was refused. The user starts the next run meanwhile. */
  @Test
  void aSocketThatWasRefusedEndsNoOtherStream() throws IOException {
    start(engine -> engine, server -> server.apiToken("sesame"));
    script(
        "const ask = window.fetch;"
            + "window.fetch = (...request) => new Promise((go) => (window.answer = go))"
            + ".then(() => ask(...request)).finally(() => setTimeout(() => (window.told = true)));");
    send("socket", "Once", ENDLESS);
    until(() -> script("return Boolean(window.answer)").equals(true));

    script("localStorage.setItem('llamastream.token', 'sesame')");
    send("socket", "Twice", ENDLESS);
    until(() -> !written("Twice").isEmpty());
    script("window.answer()");
    until(() -> script("return Boolean(window.told)").equals(true));

    String before = written("Twice");
    until(() -> written("Twice").length() > before.length() + 50);
    assertThat(text("status")).isEqualTo("Streaming");
  }
}
