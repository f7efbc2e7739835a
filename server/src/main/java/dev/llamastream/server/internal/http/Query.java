package dev.llamastream.server.internal.http;

import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.StrictText;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parses a URI's query as the URL standard does: only {@code &} separates parameters. */
final class Query {

  private Query() {}

  /**
   * The parameters, in order.
   *
   * @param query the part after the question mark; each character stands for one byte
   * @throws ApiError 400 if a name or a value is not UTF-8
   */
  static List<Map.Entry<String, String>> parse(@Nullable String query) {
    List<Map.Entry<String, String>> parameters = new ArrayList<>();
    if (query == null) {
      return parameters;
    }
    for (String parameter : query.split("&")) {
      if (!parameter.isEmpty()) {
        int equals = parameter.indexOf('=');
        String name = equals < 0 ? parameter : parameter.substring(0, equals);
        String value = equals < 0 ? "" : parameter.substring(equals + 1);
        parameters.add(Map.entry(decode(name), decode(value)));
      }
    }
    return parameters;
  }

  private static String decode(String encoded) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      int high = c == '%' && i + 2 < encoded.length() ? digit(encoded.charAt(i + 1)) : -1;
      int low = high < 0 ? -1 : digit(encoded.charAt(i + 2));
      if (low >= 0) {
        bytes.write(high << 4 | low);
        i += 2;
      } else {
        bytes.write(c == '+' ? ' ' : c);
      }
    }
    return StrictText.decode("the query", bytes.toByteArray());
  }

  /** The value of a hexadecimal digit, or -1. */
  private static int digit(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }
}
