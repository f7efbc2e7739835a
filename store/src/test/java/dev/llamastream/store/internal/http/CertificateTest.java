package dev.llamastream.store.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.fixture.SelfSigned;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateTest {

  @TempDir Path folder;

  /** A certificate for localhost that nobody has signed. */
  private SSLContext selfSigned() throws Exception {
    KeyStore keys = SelfSigned.create(folder, "localhost");
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, SelfSigned.PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  private static void fails(URI uri, int waits, String message) {
    FakePause pause = new FakePause();
    try (Web web = new Web(false, pause, Waiting.SILENT)) {
      assertThatThrownBy(() -> web.get(uri, Credentials.NONE, Map.of()))
          .isInstanceOfSatisfying(
              ModelStoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE))
          .hasMessageStartingWith("localhost: ")
          .hasMessageContaining(message);
    }
    assertThat(pause.sleeps()).hasSize(waits);
  }

  @Test
  void aCertificateThatNobodyTrustsIsSaidAtOnce() throws Exception {
    try (FaultyServer server = new FaultyServer(selfSigned().getServerSocketFactory(), "https")) {
      fails(server.uri("/a"), 0, "-Djavax.net.ssl.trustStore");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void aServerWithoutTlsIsNoSecureOne() throws IOException {
    try (FaultyServer server = new FaultyServer()) {
      URI https = URI.create(server.uri("/a").toString().replace("http:", "https:"));
      fails(https, 4, "no secure connection");
    }
  }
}
