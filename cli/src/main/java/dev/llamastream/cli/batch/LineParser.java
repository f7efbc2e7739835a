package dev.llamastream.cli.batch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.cli.Utf8;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Understands lines: OpenAI's, and plain ones. A line that makes no sense is a failed item. */
final class LineParser {

  private static final Set<String> OPENAI = Set.of("custom_id", "method", "url", "body");
  private static final String EMBEDDINGS = "/v1/embeddings";
  private static final String RERANK = "/v1/rerank";
  private static final String PLAIN = "/stream";

  /** Nothing is sampled there. */
  private static final Set<String> WITHOUT_SEED =
      Set.of(EMBEDDINGS, RERANK, "/v1/reranking", "/rerank", "/reranking");

  /** Of a line of the input, in bytes. */
  static final int MAX_LINE = 64 << 20;

  private final LineSeeds seeds;
  private final boolean embed;
  private final Predicate<String> hasUrl;

  /**
   * Creates a parser.
   *
   * @param embed whether plain lines are texts to embed
   * @param hasUrl whether there is a route for the URL of an OpenAI line
   */
  LineParser(LineSeeds seeds, boolean embed, Predicate<String> hasUrl) {
    this.seeds = seeds;
    this.embed = embed;
    this.hasUrl = hasUrl;
  }

  Item parse(InputLine line) {
    Item.Form plain = embed ? Item.Form.EMBEDDING : Item.Form.PLAIN;
    try {
      ObjectNode object = JsonLines.parse(text(line));
      boolean openAi = OPENAI.stream().anyMatch(object::has);
      return openAi ? openAi(line, object) : plain(line, plain, object);
    } catch (LineException e) {
      return Item.failed(line, plain, null, e.failure());
    }
  }

  private static String text(InputLine line) throws LineException {
    if (line.bytes() == null) {
      throw new LineException(
          "line_too_long", String.format(Locale.ROOT, "more than %,d bytes", MAX_LINE));
    }
    try {
      return Utf8.decode("the line", line.bytes());
    } catch (IOException e) {
      throw new LineException("invalid_line", String.valueOf(e.getMessage()));
    }
  }

  private Item openAi(InputLine line, ObjectNode object) {
    String id = null;
    try {
      id = id(object, "custom_id", JsonNode::isTextual, "a text");
      if (id == null) {
        throw new LineException("invalid_line", "custom_id: missing, must be a text");
      }
      String url = url(object);
      if (!(object.get("body") instanceof ObjectNode body)) {
        throw new LineException("invalid_line", "body: must be an object");
      }
      if (!WITHOUT_SEED.contains(url)) {
        seeds.fill(body, line.number());
      }
      String json = JsonLines.write(body);
      return new Item(line.number(), line.crc(), Item.Form.OPENAI, id, url, json, null);
    } catch (LineException e) {
      return Item.failed(line, Item.Form.OPENAI, id, e.failure());
    }
  }

  private String url(ObjectNode object) throws LineException {
    for (var field : object.properties()) {
      if (!OPENAI.contains(field.getKey())) {
        throw new LineException(
            "invalid_line", field.getKey() + ": unknown field, must be one of " + names());
      }
    }
    if (!object.path("method").asText("POST").equals("POST")) {
      throw new LineException("invalid_line", "method: must be POST");
    }
    String url = object.path("url").asText();
    if (!hasUrl.test(url)) {
      throw new LineException(
          "invalid_url",
          String.format(
              Locale.ROOT,
              "url: %s, must be %s",
              shortened(object.path("url").toString()),
              embed
                  ? EMBEDDINGS + " or " + RERANK + " with --embed"
                  : "/v1/chat/completions, /v1/completions, " + EMBEDDINGS + " or " + RERANK));
    }
    return url;
  }

  private static String names() {
    return String.join(", ", List.of("custom_id", "method", "url", "body"));
  }

  private Item plain(InputLine line, Item.Form form, ObjectNode object) {
    String id = null;
    try {
      id = id(object, "id", one -> one.isTextual() || one.isNumber(), "a text or a number");
      object.remove("id");
      if (embed) {
        readInput(object);
      } else if (object.hasNonNull("prompt") == object.hasNonNull("messages")) {
        throw new LineException("invalid_line", "must have either a prompt or messages");
      } else {
        seeds.fill(object, line.number());
      }
      String json = JsonLines.write(object);
      String path = embed ? EMBEDDINGS : PLAIN;
      return new Item(line.number(), line.crc(), form, id, path, json, null);
    } catch (LineException e) {
      return Item.failed(line, form, id, e.failure());
    }
  }

  /** Takes a prompt for an input: a file may be both generated from and embedded. */
  private static void readInput(ObjectNode object) throws LineException {
    if (object.hasNonNull("prompt") == object.hasNonNull("input")) {
      throw new LineException("invalid_line", "must have either an input or a prompt");
    }
    if (object.hasNonNull("prompt")) {
      object.set("input", object.remove("prompt"));
    }
    JsonNode input = object.get("input");
    if (input.isArray() && !input.path(0).isNumber()) {
      throw new LineException(
          "invalid_line", "input: a list of texts, must be one text: give each a line of its own");
    }
  }

  /** The id as JSON; null if there is none. */
  private static @Nullable String id(
      ObjectNode object, String field, Predicate<JsonNode> isValid, String valid)
      throws LineException {
    JsonNode id = object.get(field);
    if (id == null || id.isNull()) {
      return null;
    }
    if (!isValid.test(id) || id.asText().isEmpty() || !UTF_8.newEncoder().canEncode(id.asText())) {
      throw new LineException(
          "invalid_line",
          String.format(
              Locale.ROOT, "%s: %s, must be %s", field, shortened(JsonLines.write(id)), valid));
    }
    return id.toString();
  }

  private static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "...";
  }
}
