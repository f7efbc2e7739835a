package dev.llamastream.store.internal.http;

import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that environment variables name: {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code
 * ALL_PROXY} and {@code NO_PROXY}. In lower case they count first. If none is set, Java's own
 * system properties count.
 */
final class Proxies extends ProxySelector {

  /** The JDK sends no password to a proxy in front of an https server unless this is empty. */
  private static final String DISABLED = "jdk.http.auth.tunneling.disabledSchemes";

  private final Map<String, String> environment;
  private final Optional<ProxyAddress> https;
  private final Optional<ProxyAddress> http;
  private final ProxyExceptions exceptions;

  Proxies(Map<String, String> environment) {
    this.environment = environment;
    https = address("https_proxy").or(() -> address("all_proxy"));
    http = address("http_proxy").or(() -> address("all_proxy"));
    exceptions = new ProxyExceptions(value("no_proxy"));
    // The user has named a password for this very purpose, and the JDK reads the property once.
    if (https.isPresent()
        && !https.get().authorization().isEmpty()
        && System.getProperty(DISABLED) == null) {
      System.setProperty(DISABLED, "");
    }
  }

  private Optional<ProxyAddress> address(String variable) {
    String value = value(variable);
    return value.isEmpty()
        ? Optional.empty()
        : Optional.of(ProxyAddress.parse(variable.toUpperCase(Locale.ROOT), value));
  }

  private String value(String variable) {
    String lower = environment.getOrDefault(variable, "").strip();
    return lower.isEmpty()
        ? environment.getOrDefault(variable.toUpperCase(Locale.ROOT), "").strip()
        : lower;
  }

  private Optional<ProxyAddress> proxy(URI uri) {
    Optional<ProxyAddress> proxy = Origin.of(uri).scheme().equals("https") ? https : http;
    return proxy.filter(any -> !exceptions.has(uri));
  }

  @Override
  public List<Proxy> select(URI uri) {
    Optional<ProxyAddress> proxy = proxy(uri);
    if (proxy.isPresent()) {
      return List.of(proxy.get().proxy());
    }
    @Nullable ProxySelector other = ProxySelector.getDefault();
    boolean named = https.isPresent() || http.isPresent();
    return named || other == null ? List.of(Proxy.NO_PROXY) : other.select(uri);
  }

  /** Nothing is remembered. */
  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {}

  /** The value of the proxy's header. */
  Optional<String> authorization(URI uri) {
    return proxy(uri).map(ProxyAddress::authorization).filter(value -> !value.isEmpty());
  }

  /** For an answer 407. */
  ModelStoreException refused(URI uri) {
    String name = proxy(uri).map(ProxyAddress::toString).orElse("");
    return new ModelStoreException(
        Reason.UNREACHABLE,
        String.format(
            Locale.ROOT,
            "the proxy %s wants a password for %s. Set HTTPS_PROXY=http://user:password@host:port;"
                + " if it is right, start Java with -D%s=",
            name,
            uri.getHost(),
            DISABLED));
  }
}
