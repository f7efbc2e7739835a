package dev.llamastream.server.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginsTest {

  @ParameterizedTest
  @CsvSource({
    "https://example.com, https://example.com, true",
    "https://Example.COM/, https://example.com, true",
    "https://example.com, https://example.com:8443, false",
    "https://example.com, https://example.com.evil.net, false",
    "https://example.com, https://exampleXcom, false",
    "http://localhost:*, http://localhost:5173, true",
    "http://localhost:*, http://localhost, false",
    "https://*.example.com, https://a.b.example.com, true",
    "https://*.example.com, https://example.com, false",
    "chrome-extension://*, chrome-extension://abcdef, true",
    "chrome-extension://*, https://example.com, false",
    "*, https://anything.example, true",
    "*, null, true",
  })
  void has(String listed, String origin, boolean expected) {
    assertThat(new Origins(List.of("http://other.example", listed)).has(origin))
        .isEqualTo(expected);
  }
}
