package dev.llamastream.store.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectsTest {

  private FaultyServer server;
  private final Web web = new Web(false, new FakePause(), Waiting.SILENT);

  @BeforeEach
  void start() throws IOException {
    server = new FaultyServer();
    server.route("/end", FaultyReply.json("{}").with("X-Here", "end"));
  }

  @AfterEach
  void stop() throws IOException {
    web.close();
    server.close();
  }

  private static void refuses(String message, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            ModelStoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE))
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void followsToRelativeLocations(int status) {
    server.route("/a/b", FaultyReply.redirect(status, "../end"));

    WebAnswer answer = web.get(server.uri("/a/b"), Credentials.NONE, Map.of());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.uri()).isEqualTo(server.uri("/end"));
  }

  @Test
  void theTokenIsOnlyForItsServer() {
    Credentials token = Credentials.bearer(server.uri("/"), "secret");
    server.route("/a", FaultyReply.redirect(302, "/b"));
    server.route("/b", FaultyReply.redirect(302, server.otherUri("/c")));
    server.route("/c", FaultyReply.redirect(302, server.uri("/end")));

    web.get(server.uri("/a"), token, Map.of());

    assertThat(server.headers("/a", "Authorization")).containsExactly("Bearer secret");
    assertThat(server.headers("/b", "Authorization")).containsExactly("Bearer secret");
    assertThat(server.headers("/c", "Authorization")).containsExactly("");
    assertThat(server.headers("/end", "Authorization")).containsExactly("Bearer secret");
    assertThat(token.toString()).doesNotContain("secret");
  }

  @Test
  void anotherPortOrSchemeIsAnotherServer() {
    Credentials token = Credentials.bearer(URI.create("https://a.org"), "x");

    assertThat(token.isFor(URI.create("https://A.ORG:443/b"))).isTrue();
    assertThat(token.isFor(URI.create("http://a.org/b"))).isFalse();
    assertThat(token.isFor(URI.create("https://a.org:444/b"))).isFalse();
    assertThat(token.isFor(URI.create("https://b.a.org/b"))).isFalse();
    assertThat(Credentials.NONE.isFor(URI.create("https://a.org"))).isFalse();
    assertThat(Credentials.bearer(URI.create("https://a.org"), "")).isEqualTo(Credentials.NONE);
  }

  @Test
  void aCircleIsFound() {
    server.route("/a", FaultyReply.redirect(302, "/b"));
    server.route("/b", FaultyReply.redirect(302, "/a"));

    refuses("in a circle", () -> web.get(server.uri("/a"), Credentials.NONE, Map.of()));
    assertThat(server.requests()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"10, true", "11, false"})
  void tenAreEnough(int number, boolean allowed) {
    for (int i = 1; i < number; i++) {
      server.route("/" + i, FaultyReply.redirect(302, "/" + (i + 1)));
    }
    server.route("/" + number, FaultyReply.redirect(302, "/end"));

    if (allowed) {
      assertThat(web.get(server.uri("/1"), Credentials.NONE, Map.of()).status()).isEqualTo(200);
    } else {
      refuses("10 times", () -> web.get(server.uri("/1"), Credentials.NONE, Map.of()));
    }
  }

  @Test
  void neverFromHttpsToHttp() {
    Redirects redirects = new Redirects(URI.create("https://a.org/x?sig=secret"), Follow.ALL);

    assertThatThrownBy(() -> redirects.follow(302, "http://a.org/x?sig=secret"))
        .isInstanceOf(ModelStoreException.class)
        .hasMessageContaining("from https to http://a.org/x")
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"file:///etc/passwd", "ftp://a.org/", "http:///x", "https://a b/%%", "x:y"})
  void onlyToWebServers(String location) {
    server.route("/a", FaultyReply.redirect(302, location));

    refuses("no address", () -> web.get(server.uri("/a"), Credentials.NONE, Map.of()));
  }

  @Test
  void theFirstAnswerCanBeTheAnswer() {
    server.route("/a", FaultyReply.redirect(307, "/b").with("X-Here", "a"));
    server.route("/b", FaultyReply.redirect(302, server.otherUri("/end")).with("X-Here", "b"));
    URI start = server.uri("/a");

    assertThat(web.head(start, Credentials.NONE, Map.of(), Follow.NONE).header("X-Here"))
        .isEqualTo("a");
    assertThat(web.head(start, Credentials.NONE, Map.of(), Follow.SAME_ORIGIN).header("X-Here"))
        .isEqualTo("b");
    assertThat(web.head(start, Credentials.NONE, Map.of(), Follow.ALL).header("X-Here"))
        .isEqualTo("end");
  }

  @Test
  void aRedirectToNowhereIsAnAnswer() {
    server.route("/a", FaultyReply.of(302));

    assertThat(web.get(server.uri("/a"), Credentials.NONE, Map.of()).status()).isEqualTo(302);
  }
}
