package dev.llamastream.store.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.store.ModelStoreException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** In a JVM of its own: the JDK reads once whether a password may be sent to such a proxy. */
class TunnelTest {

  @Test
  void aProxyInFrontOfAnHttpsServerGetsThePassword() throws Exception {
    try (FaultyServer proxy = new FaultyServer()) {
      List<String> command =
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Xmx64m",
              "-cp",
              System.getProperty("java.class.path"),
              TunnelTest.class.getName());
      ProcessBuilder builder = new ProcessBuilder(command);
      Map<String, String> environment = builder.environment();
      environment.keySet().removeIf(name -> name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
      environment.put("HTTPS_PROXY", "http://user:word@127.0.0.1:" + proxy.uri("").getPort());
      Process other = builder.redirectErrorStream(true).start();
      proxy.schedule(
          request -> request.number() == 0 ? Fault.of(Fault.Kind.UNAVAILABLE, 0) : Fault.NONE);
      proxy.route("models.invalid:443", FaultyReply.of(407));
      try {
        String said = new String(other.getInputStream().readAllBytes(), UTF_8);
        assertThat(other.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(said).contains("UNREACHABLE the proxy 127.0.0.1:", "wants a password");
        FaultyRequest request = proxy.requests().getFirst();
        assertThat(request.method()).isEqualTo("CONNECT");
        assertThat(request.target()).isEqualTo("models.invalid:443");
        assertThat(request.header("Proxy-Authorization")).isEqualTo("Basic dXNlcjp3b3Jk");
        assertThat(request.header("Authorization")).isEmpty();
      } finally {
        other.destroyForcibly();
      }
    }
  }

  public static void main(String... args) {
    URI uri = URI.create("https://models.invalid/a");
    try (Web web = new Web(false, new FakePause(), Waiting.SILENT)) {
      web.get(uri, Credentials.bearer(uri, "token"), Map.of());
    } catch (ModelStoreException e) {
      System.out.println(e.reason() + " " + e.getMessage());
    }
  }
}
