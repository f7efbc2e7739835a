package dev.llamastream.server.internal.http;

import dev.llamastream.server.internal.net.ContentTypes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Serves one file from the jar: of the web page, or the description of the API. */
public final class Page implements Handler {

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /** All files of the page. The first one is also served at the root. */
  private static final List<String> FILES =
      Stream.of(
              "index.html openapi.json",
              "icon.svg style.css app.js appearance.js copy.js drawer.js element.js",
              "events.js follow.js server.js toast.js token.js",
              "chat/answer.js chat/assistant.js chat/calls.js chat/chat.css chat/chat.js",
              "chat/code.js chat/composer.js chat/conversation.js chat/exchange.js chat/list.js",
              "chat/markdown.js chat/models.js chat/prose.css chat/request.js chat/room.js",
              "chat/sanitize.js chat/settings.js chat/shape.js chat/store.js chat/tokens.js",
              "chat/transcript.js chat/user.js chat/versions.js",
              "stream/chart.js stream/stream.css stream/stream.js stream/text.js stream/ways.js",
              "vendor/dompurify.js vendor/highlight.js vendor/marked.js")
          .flatMap(names -> Stream.of(names.split(" ")))
          .toList();

  private final byte[] content;
  private final String contentType;
  private final Map<String, String> headers;

  private Page(byte[] content, String contentType, Map<String, String> headers) {
    this.content = content;
    this.contentType = contentType;
    this.headers = headers;
  }

  /** Adds all files of the page to the router. */
  public static void addTo(Router router) {
    FILES.forEach(name -> router.get(path(name), load(name)));
  }

  /** Whether this path belongs to the page, which needs no token. */
  static boolean has(String path) {
    return FILES.stream().anyMatch(name -> path(name).equals(path));
  }

  private static String path(String name) {
    return name.equals(FILES.getFirst()) ? "/" : "/" + name;
  }

  private static String contentType(String name) {
    return switch (name.substring(name.lastIndexOf('.'))) {
      case ".html" -> "text/html; charset=utf-8";
      case ".css" -> "text/css; charset=utf-8";
      case ".js" -> "text/javascript; charset=utf-8";
      case ".json" -> ContentTypes.JSON;
      default -> "image/svg+xml";
    };
  }

  private static Page load(String name) {
    try (InputStream in = Page.class.getResourceAsStream("/page/" + name)) {
      if (in == null) {
        throw new IllegalStateException("the jar has no page/" + name);
      }
      byte[] content = in.readAllBytes();
      Map<String, String> headers =
          Map.of(
              "Content-Security-Policy",
              POLICY,
              "Referrer-Policy",
              "no-referrer",
              "Cache-Control",
              "no-cache",
              "ETag",
              '"' + hash(content) + '"');
      return new Page(content, contentType(name), headers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void handle(Request request) {
    boolean known = Objects.equals(headers.get("ETag"), request.header("If-None-Match"));
    request.reply(known ? 304 : 200, contentType, headers, known ? new byte[0] : content);
  }
}
