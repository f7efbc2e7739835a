package dev.llamastream.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.fixture.SelfSigned;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TlsTest {

  @TempDir private Path folder;
  private Path certificate;
  private Path key;

  @BeforeEach
  void create() throws Exception {
    certificate = folder.resolve("cert.pem");
    key = folder.resolve("key.pem");
    write(SelfSigned.create(folder, "first"));
  }

  private void write(KeyStore keys) throws Exception {
    writePem(certificate, "CERTIFICATE", keys.getCertificate(SelfSigned.ALIAS).getEncoded());
    writePem(key, "PRIVATE KEY", keys.getKey(SelfSigned.ALIAS, SelfSigned.PASSWORD).getEncoded());
  }

  private static void writePem(Path file, String label, byte[] content) throws IOException {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        file, "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n");
  }

  private SSLContext trusting(String... names) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    for (String name : names) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(folder.resolve(name + ".p12"))) {
        keys.load(in, SelfSigned.PASSWORD);
      }
      trusted.setCertificateEntry(name, keys.getCertificate(SelfSigned.ALIAS));
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  private TestServer start() throws IOException {
    return TestServer.start(params -> params.tls(certificate, key));
  }

  @Test
  void serves() throws Exception {
    try (TestServer server = start();
        HttpClient client = HttpClient.newBuilder().sslContext(trusting("first")).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + "/stream"))
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString("{\"prompt\":\"a\",\"max_tokens\":5}"))
              .build();
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("\"done\":true");
      }
    }
  }

  /** What the guards write past Vert.x is encrypted, too. */
  @Test
  void refusesNonsenseInTheSameWay() throws Exception {
    try (TestServer server = start();
        Socket socket =
            trusting("first").getSocketFactory().createSocket("localhost", server.port())) {
      socket
          .getOutputStream()
          .write(
              """
              POST /stream HTTP/1.1\r
              Host: localhost\r
              Transfer-Encoding: chunked\r
              Content-Type: application/json\r
              \r
              nonsense\r
              """
                  .getBytes(US_ASCII));

      String answer = new String(socket.getInputStream().readNBytes(12), US_ASCII);
      assertThat(answer).isEqualTo("HTTP/1.1 400");
    }
  }

  @Test
  void readsARenewedCertificate() throws Exception {
    try (TestServer server = start()) {
      assertThat(subject(server, "first")).isEqualTo("CN=first");
      KeyStore renewed = SelfSigned.create(folder, "second");
      write(renewed);
      FileTime later = FileTime.from(Instant.now().plusSeconds(100));
      Files.setLastModifiedTime(certificate, later);
      Files.setLastModifiedTime(key, later);

      TestServer.await(() -> subject(server, "first", "second").equals("CN=second"));
    }
  }

  private String subject(TestServer server, String... trusted) {
    try (SSLSocket socket =
        (SSLSocket) trusting(trusted).getSocketFactory().createSocket("localhost", server.port())) {
      socket.startHandshake();
      return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
          .getSubjectX500Principal()
          .getName();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void doesNotStartWithAKeyThatIsNone() throws IOException {
    Files.writeString(key, "no key");
    assertThatThrownBy(this::start).isInstanceOf(IOException.class);
  }
}
