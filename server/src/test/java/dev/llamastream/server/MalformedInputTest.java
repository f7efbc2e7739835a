package dev.llamastream.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Seeded nonsense: nothing but client errors come back, and the server goes on. */
@Timeout(1800)
class MalformedInputTest {

  private static final String[] VALUES = {
    "null",
    "true",
    "0",
    "-1",
    "1e999",
    "\"\"",
    "\"a\"",
    "[]",
    "{}",
    "[[[[]]]]",
    "{\"a\":{}}",
    "\"\\ud800\"",
    "123456789012345678901234567890",
    "NaN",
    "'",
    "\u0000",
    "[1,\"x\"]",
    "0.5",
    "3"
  };
  private static final String[] FIELDS = {
    "prompt",
    "max_tokens",
    "temperature",
    "top_k",
    "top_p",
    "seed",
    "stop",
    "mirostat",
    "dry",
    "xtc",
    "logit_bias",
    "grammar",
    "id",
    "type",
    "n",
    "credit",
    "echo",
    "timeout",
    "\\u0000",
    ""
  };
  private static final String[] HEADS = {
    "POST /stream HTTP/1.1",
    "GET /stream?prompt=a&max_tokens=1 HTTP/1.1",
    "GET /ws HTTP/1.1",
    "POST /stream HTTP/9.9",
    "BREW /stream HTTP/1.1",
    "POST  /stream",
    "GET /%zz HTTP/1.1",
    "GET http://other/ HTTP/1.1",
    "OPTIONS * HTTP/1.1",
    "GET /../../etc/passwd HTTP/1.1",
    "GET /stream?%ff=%fe&a.b.c=1&a=2 HTTP/1.1",
    "POST /v1/chat/completions HTTP/1.1"
  };
  private static final String[] HEADERS = {
    "Content-Type: application/json",
    "Host: localhost",
    "Host: elsewhere",
    "Content-Length: -1",
    "Content-Length: 5",
    "Content-Length: 99999999999999999999",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: nonsense",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 99",
    "Origin: \u00e4",
    ": empty",
    "No colon",
    "Expect: 100-continue",
    "Authorization: Bearer",
    "Accept: */*",
    "Connection: close"
  };

  @Test
  void survivesSome() throws Exception {
    survives(1, 200, 100);
  }

  @Test
  @Tag("soak")
  void survivesThousands() throws Exception {
    survives(1_000_000, 3_000, 2_000);
  }

  private static void survives(long seed, int requests, int sockets) throws Exception {
    try (TestServer server =
        TestServer.start(
            params ->
                params
                    .headerTimeout(Duration.ofMillis(100))
                    .bodyTimeout(Duration.ofMillis(100))
                    .idleTimeout(Duration.ofMillis(100)))) {
      for (int i = 0; i < requests; i++) {
        int status = request(server, new Random(seed + i));
        // 0: closed without an answer, 200: there was nothing wrong with it, 501: a transfer coding
        assertThat(status == 501 ? 0 : status).as("seed %d", seed + i).isLessThan(500);
      }
      for (int i = 0; i < sockets; i++) {
        frames(server, new Random(seed + i), "seed " + (seed + i));
      }
      server.awaitIdle();
      TestServer.await(() -> server.metrics.connections().get() == 0);
      assertThat(server.metrics.scrape()).doesNotContain("status=\"500\"");
      try (RawHttp http = server.connect()) {
        http.post("/stream", "{\"prompt\":\"a\",\"max_tokens\":1}");
        assertThat(http.chunks()).contains("\"done\":true");
      }
    }
  }

  private static int request(TestServer server, Random random) throws IOException {
    StringBuilder head = new StringBuilder(pick(random, HEADS)).append("\r\n");
    if (random.nextInt(4) > 0) {
      head.append("Host: localhost\r\nContent-Type: application/json\r\n");
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      head.append(pick(random, HEADERS)).append("\r\n");
    }
    byte[] body = json(random).getBytes(UTF_8);
    if (random.nextInt(4) > 0) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    byte[] bytes = (head + "\r\n" + new String(body, UTF_8)).getBytes(UTF_8);
    if (random.nextInt(3) == 0) {
      spoil(random, bytes);
    }
    try (RawHttp http = server.connect()) {
      http.write(bytes);
      return http.head().status();
    } catch (EOFException | SocketException e) {
      return 0;
    }
  }

  private static void frames(TestServer server, Random random, String seed) throws IOException {
    boolean spoiled = false;
    RawHttp http = server.connect();
    http.readTimeout(Duration.ofSeconds(2));
    try (RawWebSocket socket = RawWebSocket.over(http, "/ws")) {
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        byte[] payload = json(random).getBytes(UTF_8);
        boolean sound = random.nextInt(3) > 0;
        byte[] frame =
            RawWebSocket.frame(
                sound ? RawWebSocket.TEXT : random.nextInt(16),
                sound || random.nextBoolean(),
                payload);
        if (random.nextInt(4) == 0) {
          spoil(random, frame);
          spoiled = true;
        }
        socket.write(frame);
      }
      socket.write(RawWebSocket.frame(RawWebSocket.CLOSE, true, new byte[] {3, (byte) 0xe8}));
      for (RawWebSocket.Frame answer = socket.receive();
          answer.opcode() != RawWebSocket.CLOSE;
          answer = socket.receive()) {
        assertThat(answer.text()).as(seed).doesNotContain("internal_error");
      }
    } catch (EOFException | SocketException e) {
      // closed without a word
    } catch (SocketTimeoutException e) {
      // it waits for the rest of a frame whose length is spoiled
      assertThat(spoiled).as(seed).isTrue();
    }
  }

  /** An object of random fields, and sometimes no object at all. */
  private static String json(Random random) {
    StringBuilder json = new StringBuilder(random.nextInt(10) == 0 ? "" : "{");
    if (random.nextInt(3) == 0) {
      json.append("\"prompt\":\"a\",\"max_tokens\":2,");
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      json.append('"').append(pick(random, FIELDS)).append("\":").append(pick(random, VALUES));
      json.append(i > 1 ? "," : "");
    }
    if (random.nextInt(20) == 0) {
      json.append("[".repeat(5_000));
    }
    return json.append(random.nextInt(10) == 0 ? "" : "}").toString();
  }

  private static void spoil(Random random, byte[] bytes) {
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
  }

  private static String pick(Random random, String[] values) {
    return values[random.nextInt(values.length)];
  }
}
