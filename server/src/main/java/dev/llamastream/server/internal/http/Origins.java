package dev.llamastream.server.internal.http;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Origins of other pages that may use this server: {@code https://example.com}, {@code *}. */
final class Origins {

  private final List<Pattern> listed;

  Origins(List<String> origins) {
    listed = origins.stream().map(Origins::pattern).toList();
  }

  /**
   * Normalizes case and a trailing slash: browsers send lower case and no slash, users may differ.
   */
  private static Pattern pattern(String origin) {
    String plain = origin.strip().toLowerCase(Locale.ROOT);
    plain = plain.endsWith("/") ? plain.substring(0, plain.length() - 1) : plain;
    return Pattern.compile(
        List.of(plain.split("\\*", -1)).stream()
            .map(Pattern::quote)
            .collect(Collectors.joining(plain.equals("*") ? ".*" : "[^/]*")));
  }

  boolean has(String origin) {
    String plain = origin.toLowerCase(Locale.ROOT);
    return listed.stream().anyMatch(pattern -> pattern.matcher(plain).matches());
  }
}
