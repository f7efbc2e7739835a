package dev.llamastream.store.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebTest {

  private final FakePause pause = new FakePause();
  private final List<String> waits = new ArrayList<>();
  private FaultyServer server;
  private Web web;

  @BeforeEach
  void start() throws IOException {
    server = new FaultyServer();
    server.route("/a", FaultyReply.json("{}"));
    web = new Web(false, pause, waits::add);
  }

  @AfterEach
  void stop() throws IOException {
    web.close();
    server.close();
  }

  private WebAnswer get(String path) {
    return web.get(server.uri(path), Credentials.NONE, Map.of());
  }

  private static void fails(Reason reason, String message, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ModelStoreException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }

  @Test
  void getsABodyAndHeaders() {
    server.route("/b", FaultyReply.json("{\"x\":1}").with("X-Some", "thing"));

    WebAnswer answer = web.get(server.uri("/b?q=1"), Credentials.NONE, Map.of("Accept", "a/b"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(new String(answer.body(), UTF_8)).isEqualTo("{\"x\":1}");
    assertThat(answer.header("x-some")).isEqualTo("thing");
    assertThat(answer.header("none")).isEmpty();
    FaultyRequest request = server.requests().getFirst();
    assertThat(request.header("User-Agent")).matches("llamastream/\\d.*");
    assertThat(request.header("Accept-Encoding")).isEqualTo("identity");
    assertThat(request.header("Accept")).isEqualTo("a/b");
    assertThat(request.query()).isEqualTo("q=1");
  }

  @Test
  void headHasNoBody() {
    WebAnswer answer = web.head(server.uri("/a"), Credentials.NONE, Map.of());

    assertThat(answer.header("Content-Length")).isEqualTo("2");
    assertThat(answer.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 410})
  void theProtocolSaysWhatAStatusMeans(int status) {
    server.route("/a", FaultyReply.of(status));

    assertThat(get("/a").status()).isEqualTo(status);
    assertThat(pause.sleeps()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"GARBAGE", "CUT", "RESET", "STALL", "LONG_LENGTH", "UNAVAILABLE"})
  void triesAgainAfterFaultsThatMayPass(Fault.Kind kind) {
    Fault fault = Fault.of(kind, 1);
    server.faults(fault, fault, fault, fault);

    try (Web impatient = new Web(false, pause, waits::add, Duration.ofSeconds(1))) {
      WebAnswer answer = impatient.get(server.uri("/a"), Credentials.NONE, Map.of());
      assertThat(new String(answer.body(), UTF_8)).isEqualTo("{}");
    }
    assertThat(pause.sleeps())
        .containsExactly(
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(4),
            Duration.ofSeconds(8));
    assertThat(waits).hasSize(4).allMatch(wait -> wait.contains("next try in"));
  }

  /** The JDK's client tries these again by itself. */
  @Test
  void aConnectionMayEndBeforeTheAnswer() {
    server.faults(Fault.of(Fault.Kind.NO_ANSWER, 0), Fault.of(Fault.Kind.NO_ANSWER, 0));

    assertThat(get("/a").status()).isEqualTo(200);
  }

  @Test
  void givesUpAfterFiveTries() {
    server.schedule(request -> Fault.of(Fault.Kind.UNAVAILABLE, 0));
    fails(Reason.UNREACHABLE, "localhost answers 503, again and again", () -> get("/a"));

    server.schedule(request -> Fault.of(Fault.Kind.CUT, 1));
    fails(Reason.UNREACHABLE, "localhost", () -> get("/a"));
    assertThat(server.requests()).hasSize(10);
  }

  @Test
  void waitsAsTheServerAsks() {
    server.faults(
        Fault.of(Fault.Kind.TOO_MANY_SECONDS, 17), Fault.of(Fault.Kind.TOO_MANY_DATE, 100));

    assertThat(get("/a").status()).isEqualTo(200);
    assertThat(pause.sleeps()).containsExactly(Duration.ofSeconds(17), Duration.ofSeconds(83));
    assertThat(waits.getFirst()).isEqualTo("localhost answers 429; next try in 17 s");
  }

  @ParameterizedTest
  @EnumSource(names = {"TOO_MANY_SECONDS", "TOO_MANY_DATE"})
  void doesNotWaitLongerThanTwoMinutes(Fault.Kind kind) {
    server.faults(Fault.of(kind, 121));

    fails(Reason.RATE_LIMITED, "in 121 s", () -> get("/a"));
    assertThat(pause.sleeps()).isEmpty();
  }

  @Test
  void offlineAsksNobody() {
    try (Web off = new Web(true, pause, Waiting.SILENT)) {
      fails(Reason.OFFLINE, "/a", () -> off.get(server.uri("/a"), Credentials.NONE, Map.of()));
    }
    assertThat(server.accepted()).isZero();
  }

  @Test
  void aBodyWithoutEndIsRefused() {
    server.route("/a", FaultyReply.json(" ".repeat((16 << 20) + 1)));

    fails(Reason.WRONG_CONTENT, "larger than 16 MiB", () -> get("/a"));
  }

  @Test
  void refusedConnectionsAndUnknownHostsSayWhatToDo() throws IOException {
    URI gone;
    try (FaultyServer other = new FaultyServer()) {
      gone = other.uri("/a");
    }
    fails(Reason.UNREACHABLE, "HTTPS_PROXY", () -> web.get(gone, Credentials.NONE, Map.of()));
    fails(
        Reason.UNREACHABLE,
        "no-such-host.invalid: no such host",
        () -> web.get(URI.create("http://no-such-host.invalid/"), Credentials.NONE, Map.of()));
  }

  /** Not the one that was asked first. */
  @Test
  void namesTheHostThatFailed() {
    server.route("/cdn", FaultyReply.redirect(302, "http://no-such-cdn.invalid/a"));

    fails(Reason.UNREACHABLE, "no-such-cdn.invalid: no such host", () -> get("/cdn"));
  }

  @Test
  void theConnectionOfARedirectIsUsedAgain() {
    server.route("/b", FaultyReply.redirect(302, "/a").withBody(new byte[100]));

    get("/b");

    assertThat(server.requests()).hasSize(2);
    assertThat(server.accepted()).isEqualTo(1);
  }

  @Test
  void anInterruptCancels() {
    Thread.currentThread().interrupt();

    fails(Reason.CANCELLED, "interrupted", () -> get("/a"));
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void slowIsNotStalled() {
    server.route("/a", FaultyReply.json("x".repeat(30_000)));
    server.faults(Fault.of(Fault.Kind.SLOW, 50)); // 59 pieces: longer than a stall in all

    try (Web patient = new Web(false, pause, waits::add, Duration.ofSeconds(2))) {
      assertThat(patient.get(server.uri("/a"), Credentials.NONE, Map.of()).body()).hasSize(30_000);
    }
    assertThat(server.requests()).hasSize(1);
  }
}
