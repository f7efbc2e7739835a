package dev.llamastream.store.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.InvalidValueException;
import dev.llamastream.store.ModelStoreException;
import java.io.IOException;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest {

  private static Proxies proxies(String... pairs) {
    Map<String, String> environment = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      environment.put(pairs[i], pairs[i + 1]);
    }
    return new Proxies(environment);
  }

  private static String proxy(Proxies proxies, String uri) {
    Proxy proxy = proxies.select(URI.create(uri)).getFirst();
    return proxy.type() == Proxy.Type.DIRECT ? "" : proxy.address().toString();
  }

  @ParameterizedTest
  @CsvSource({
    "proxy:3128, proxy, 3128",
    "http://proxy:3128, proxy, 3128",
    "http://proxy:3128/, proxy, 3128",
    "HTTP://proxy, proxy, 80",
    "proxy, proxy, 80",
    "[::1]:8080, ::1, 8080",
    "http://user:word@proxy:1, proxy, 1"
  })
  void readsAddresses(String value, String host, int port) {
    ProxyAddress address = ProxyAddress.parse("HTTPS_PROXY", value);

    assertThat(address.host()).isEqualTo(host);
    assertThat(address.port()).isEqualTo(port);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "socks5://secret@proxy:1",
        "https://secret@proxy:1",
        "http://",
        "secret proxy:1",
        ":"
      })
  void refusesOthersWithoutShowingThem(String value) {
    assertThatThrownBy(() -> proxies("ALL_PROXY", value))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith("ALL_PROXY")
        .hasMessageNotContaining("secret");
  }

  @Test
  void eachSchemeHasItsVariable() {
    Proxies proxies = proxies("HTTPS_PROXY", "a:1", "HTTP_PROXY", "b:2");

    assertThat(proxy(proxies, "https://x.org/")).contains("a").endsWith(":1");
    assertThat(proxy(proxies, "http://x.org/")).contains("b").endsWith(":2");
  }

  @Test
  void allStandsInForBoth() {
    Proxies proxies = proxies("ALL_PROXY", "a:1", "http_proxy", "b:2");

    assertThat(proxy(proxies, "https://x.org/")).endsWith(":1");
    assertThat(proxy(proxies, "http://x.org/")).endsWith(":2");
  }

  @Test
  void lowerCaseCountsFirstUnlessItIsEmpty() {
    assertThat(proxy(proxies("HTTPS_PROXY", "a:1", "https_proxy", "b:2"), "https://x.org/"))
        .endsWith(":2");
    assertThat(proxy(proxies("HTTPS_PROXY", "a:1", "https_proxy", " "), "https://x.org/"))
        .endsWith(":1");
  }

  @Test
  void withoutVariablesJavasOwnCount() {
    assertThat(proxy(proxies(), "https://x.org/")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "*, https://x.org/, true",
    "x.org, https://x.org/, true",
    "X.ORG, https://x.org/, true",
    "x.org, https://a.x.org/, true",
    ".x.org, https://a.x.org/, true",
    "*.x.org, https://a.x.org/, true",
    "x.org, https://yx.org/, false",
    "x.org:443, https://x.org/, true",
    "x.org:444, https://x.org/, false",
    "'a.org, x.org', https://x.org/, true",
    "a.org x.org, https://x.org/, true",
    "10.0.0.1, https://10.0.0.1/, true",
    "10.0.0.0/8, https://10.1.2.3/, true",
    "10.0.0.0/8, https://11.1.2.3/, false",
    "10.0.0.0/8, https://x.org/, false",
    "10.0.0.0/99, https://10.0.0.0/, false",
    "10.0.0.0/x, https://10.0.0.0/, false",
    "fd00::/8, https://[fd12::1]/, true",
    "fd00::/8, https://10.0.0.0/, false",
    "fd00::1, https://[fd00:0::1]/, true",
    "[fd00::1]:443, https://[fd00::1]/, true",
    "[fd00::1]:80, https://[fd00::1]/, false",
    "'', https://x.org/, false",
    "'', https://localhost/, true",
    "'', https://127.0.0.2/, true",
    "'', https://[::1]/, true",
  })
  void someHostsNeedNone(String value, String uri, boolean direct) {
    assertThat(proxy(proxies("NO_PROXY", value, "HTTPS_PROXY", "a:1"), uri).isEmpty())
        .isEqualTo(direct);
  }

  @Test
  void thePasswordGoesToTheProxyOnly() throws IOException {
    try (FaultyServer proxy = new FaultyServer()) {
      String port = ":" + proxy.uri("").getPort();
      proxy.route("/a", FaultyReply.json("{}")).route("/b", FaultyReply.json("{}"));
      Map<String, String> environment = Map.of("HTTP_PROXY", "http://u:p%2B+@127.0.0.1" + port);
      try (Web web =
          new Web(false, new FakePause(), Waiting.SILENT, Duration.ofSeconds(10), environment)) {
        web.get(URI.create("http://models.invalid/a"), Credentials.NONE, Map.of());
        web.get(proxy.uri("/b"), Credentials.NONE, Map.of());
      }

      assertThat(proxy.headers("/a", "Host")).containsExactly("models.invalid");
      assertThat(proxy.headers("/a", "Proxy-Authorization")).containsExactly("Basic dTpwKys=");
      assertThat(proxy.headers("/b", "Proxy-Authorization")).containsExactly("");
    }
  }

  @Test
  void aProxyMayWantAPassword() throws IOException {
    try (FaultyServer proxy = new FaultyServer()) {
      proxy.route("/a", FaultyReply.of(407).with("Proxy-Authenticate", "Basic realm=\"x\""));
      String address = "127.0.0.1:" + proxy.uri("").getPort();
      try (Web web =
          new Web(
              false,
              new FakePause(),
              Waiting.SILENT,
              Duration.ofSeconds(10),
              Map.of("http_proxy", address))) {
        assertThatThrownBy(
                () -> web.get(URI.create("http://models.invalid/a"), Credentials.NONE, Map.of()))
            .isInstanceOf(ModelStoreException.class)
            .hasMessageContaining("the proxy " + address + " wants a password");
      }
    }
  }
}
