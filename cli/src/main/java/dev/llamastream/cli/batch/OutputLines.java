package dev.llamastream.cli.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.LocalApi;
import java.util.Locale;

/**
 * Writes output lines. Each names its input line by number and checksum: an OpenAI line in its
 * {@code id}, a plain one in fields of its own. {@link OutputLine} reads them back.
 */
final class OutputLines {

  static final String ID_PREFIX = "batch_req_";
  private static final int OK = 200;

  private OutputLines() {}

  /** The line of a response, which may be an error. */
  static String of(Item item, LocalApi.Response response) {
    return switch (item.form()) {
      case OPENAI ->
          openAi(
              item,
              String.format(
                  Locale.ROOT,
                  "{\"status_code\":%d,\"request_id\":\"req_%d\",\"body\":%s}",
                  response.status(),
                  item.line(),
                  response.json()),
              "null");
      case PLAIN -> plain(item, response.json());
      case EMBEDDING ->
          plain(item, response.status() == OK ? embedding(response.json()) : response.json());
    };
  }

  /** The line of a failure that no response tells. */
  static String of(Item item, Failure failure) {
    String error =
        JsonLines.MAPPER
            .createObjectNode()
            .put("code", failure.code())
            .put("message", failure.message())
            .toString();
    return item.form() == Item.Form.OPENAI
        ? openAi(item, "null", error)
        : plain(item, "{\"error\":" + error + "}");
  }

  private static String openAi(Item item, String response, String error) {
    return String.format(
        Locale.ROOT,
        "{\"id\":\"%s%d_%s\",\"custom_id\":%s,\"response\":%s,\"error\":%s}",
        ID_PREFIX,
        item.line(),
        hex(item.crc()),
        item.id(),
        response,
        error);
  }

  private static String plain(Item item, String object) {
    String id = item.id() == null ? "" : "\"id\":" + item.id() + ",";
    return String.format(
        Locale.ROOT,
        "{%s\"line\":%d,\"crc\":\"%s\",%s",
        id,
        item.line(),
        hex(item.crc()),
        object.substring(1));
  }

  /** Of OpenAI's answer to one text, what matters. */
  private static String embedding(String json) {
    try {
      JsonNode answer = JsonLines.parse(json);
      ObjectNode plain = JsonLines.MAPPER.createObjectNode();
      plain.set("embedding", answer.path("data").path(0).path("embedding"));
      plain.set("usage", answer.path("usage"));
      return plain.toString();
    } catch (LineException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String hex(int crc) {
    return String.format(Locale.ROOT, "%08x", crc);
  }
}
