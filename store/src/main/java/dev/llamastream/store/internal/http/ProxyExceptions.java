package dev.llamastream.store.internal.http;

import java.net.InetAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The hosts that {@code NO_PROXY} names: {@code *}, a domain with all below it, an address, or a
 * block of addresses. Each may have a port.
 */
final class ProxyExceptions {

  private final List<String> entries;

  ProxyExceptions(String value) {
    entries =
        Arrays.stream(value.toLowerCase(Locale.ROOT).split("[,\\s]+"))
            .map(entry -> entry.replaceFirst("^\\*?\\.", ""))
            .filter(entry -> !entry.isEmpty())
            .toList();
  }

  /** Whether no proxy is used. This machine is never behind one. */
  boolean has(URI uri) {
    Origin origin = Origin.of(uri);
    String host = origin.host().replaceAll("[\\[\\]]", "");
    Optional<InetAddress> address = literal(host);
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || address.filter(InetAddress::isLoopbackAddress).isPresent()
        || entries.stream().anyMatch(entry -> matches(entry, host, origin.port(), address));
  }

  private static boolean matches(
      String entry, String host, int port, Optional<InetAddress> address) {
    if (entry.equals("*")) {
      return true;
    }
    if (entry.contains("/")) {
      return address.isPresent() && inBlock(entry, address.get().getAddress());
    }
    String name = entry;
    int colon = entry.lastIndexOf(':');
    if (entry.startsWith("[") || (colon >= 0 && colon == entry.indexOf(':'))) {
      if (!entry.endsWith("]") && !entry.substring(colon + 1).equals(Integer.toString(port))) {
        return false;
      }
      name = entry.endsWith("]") ? entry : entry.substring(0, colon);
      name = name.replaceAll("[\\[\\]]", "");
    }
    Optional<InetAddress> other = literal(name);
    return other.isPresent()
        ? other.equals(address)
        : host.equals(name) || host.endsWith("." + name);
  }

  private static boolean inBlock(String block, byte[] address) {
    int slash = block.indexOf('/');
    String length = block.substring(slash + 1);
    Optional<InetAddress> start = literal(block.substring(0, slash));
    if (start.isEmpty() || !length.matches("\\d{1,3}")) {
      return false;
    }
    byte[] prefix = start.get().getAddress();
    int bits = Integer.parseInt(length);
    if (prefix.length != address.length || bits > 8 * prefix.length) {
      return false;
    }
    for (int i = 0; i < bits; i++) {
      int mask = 0x80 >> (i % 8);
      if ((prefix[i / 8] & mask) != (address[i / 8] & mask)) {
        return false;
      }
    }
    return true;
  }

  private static Optional<InetAddress> literal(String host) {
    try {
      return Optional.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
