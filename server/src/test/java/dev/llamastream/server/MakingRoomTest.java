package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that do nothing keep nobody out. */
@Timeout(60)
class MakingRoomTest {

  @Test
  void closesTheConnectionThatIsIdleForLongest() throws Exception {
    try (TestServer small = TestServer.start(params -> params.maxConnections(2));
        RawHttp silent = small.connect();
        RawHttp used = small.connect()) {
      assertThat(used.get("/health").status()).isEqualTo(200);
      try (RawHttp third = small.connect()) {
        assertThat(third.get("/health").status()).isEqualTo(200);
        assertThat(silent.readAll()).isEmpty();
        assertThat(used.get("/health").status()).isEqualTo(200);
        try (RawHttp fourth = small.connect()) {
          assertThat(fourth.get("/health").status()).isEqualTo(200);
          assertThat(third.readAll()).isEmpty();
        }
      }
    }
  }

  @Test
  void closesNoneThatIsBusy() throws Exception {
    try (TestServer small = TestServer.start(params -> params.maxConnections(2));
        RawHttp stream = small.connect();
        RawWebSocket socket = small.webSocket()) {
      stream.post("/stream", "{\"prompt\": \"Once\", \"max_tokens\": 100000}");
      try (RawHttp third = small.connect()) {
        assertThatThrownBy(() -> third.get("/health"))
            .isInstanceOfAny(EOFException.class, SocketException.class);
      }
      assertThat(stream.chunk()).contains("\"index\"");
      socket.send("{\"type\": \"ping\"}");
      assertThat(socket.message().get("type").asText()).isEqualTo("pong");
    }
  }
}
