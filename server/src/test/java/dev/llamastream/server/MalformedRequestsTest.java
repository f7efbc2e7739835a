package dev.llamastream.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.spi.ModelLibrary;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The requests that {@link OpenApiTest} sends, each with seeded faults in it. */
@Timeout(3600)
class MalformedRequestsTest {

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final Path EXAMPLES = Path.of("src", "test", "resources", "openapi");
  private static final Pattern INTERNALS =
      Pattern.compile("internal_error|Exception|dev\\.llamastream|java\\.|jackson|\\.java:");
  private static final List<String> VALUES =
      List.of(
              "null true false 0 -1 1 2 3 0.5 -0.0 1e999 1e308 2147483648 9223372036854775807"
                  .split(" "),
              "123456789012345678901234567890 \"\" \"a\" \"-1\" \"\\ud800\" \"\\u0000\"".split(" "),
              "[] {} [[]] [null] [{}] [\"a\",1] {\"a\":{}} {\"\":1} {\"type\":\"text\"}".split(" "),
              "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#\"}}} {\"$ref\":\"#/x\"}"
                  .split(" "))
          .stream()
          .flatMap(Stream::of)
          .toList();

  private record Example(String method, String path, ObjectNode request) {}

  @Test
  void someGetAClearAnswer() throws Exception {
    allGetAClearAnswer(1, 500);
  }

  @Test
  @Tag("soak")
  void tenThousandGetAClearAnswer() throws Exception {
    allGetAClearAnswer(1_000_000, 10_000);
  }

  private static void allGetAClearAnswer(long seed, int count) throws Exception {
    List<Example> examples = examples();
    try (ModelsServer models = ModelsServer.start(ModelLibrary.NONE);
        HttpClient http = HttpClient.newHttpClient()) {
      for (long i = seed; i < seed + count; i++) {
        Random random = new Random(i);
        Example example = examples.get(random.nextInt(examples.size()));
        byte[] body = spoiled(random, example.request);
        HttpResponse<String> response =
            http.send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + models.server().port() + example.path))
                    .header("Content-Type", "application/json")
                    .method(example.method, BodyPublishers.ofByteArray(body))
                    .build(),
                BodyHandlers.ofString());
        String what =
            String.format(
                Locale.ROOT,
                "seed %d: %s %s%n%s",
                i,
                example.path,
                new String(body, UTF_8),
                response.body());
        assertThat(response.statusCode()).as(what).isLessThan(500);
        if (response.statusCode() >= 400) {
          assertThat(MAPPER.readTree(response.body()).has("error")).as(what).isTrue();
        }
        assertThat(INTERNALS.matcher(response.body()).find()).as(what).isFalse();
      }
    }
  }

  private static List<Example> examples() throws Exception {
    List<Example> examples = new ArrayList<>();
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      for (Path file : files.sorted().toList()) {
        for (JsonNode operation : MAPPER.readTree(file.toFile()).path("operations")) {
          String[] route = operation.path("route").asText().split(" ");
          if (!route[0].equals("GET")) {
            operation
                .path("requests")
                .forEach(one -> examples.add(new Example(route[0], route[1], (ObjectNode) one)));
          }
        }
      }
    }
    return examples;
  }

  private static byte[] spoiled(Random random, ObjectNode request) throws Exception {
    ObjectNode spoiled = request.deepCopy();
    for (int faults = random.nextInt(4); faults > 0; faults--) {
      spoil(random, spoiled);
    }
    byte[] bytes = MAPPER.writeValueAsBytes(spoiled);
    switch (random.nextInt(20)) {
      case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 1 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      case 2 ->
          bytes = ("[".repeat(random.nextInt(3_000)) + new String(bytes, UTF_8)).getBytes(UTF_8);
      default -> {}
    }
    return bytes;
  }

  /** Puts one fault anywhere in the tree. */
  private static void spoil(Random random, JsonNode tree) throws Exception {
    List<JsonNode> inner = new ArrayList<>();
    tree.forEach(
        child -> {
          if (child.isContainerNode() && !child.isEmpty()) {
            inner.add(child);
          }
        });
    if (!inner.isEmpty() && random.nextBoolean()) {
      spoil(random, inner.get(random.nextInt(inner.size())));
      return;
    }
    JsonNode value = MAPPER.readTree(VALUES.get(random.nextInt(VALUES.size())));
    if (tree instanceof ArrayNode list) {
      int index = random.nextInt(list.size() + 1);
      switch (random.nextInt(3)) {
        case 0 -> list.insert(index, value);
        case 1 -> list.remove(index);
        default -> {
          for (int i = 1 << random.nextInt(10); i > 0; i--) {
            list.add(list.path(index % Math.max(1, list.size())).deepCopy());
          }
        }
      }
      return;
    }
    ObjectNode object = (ObjectNode) tree;
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    String name = names.isEmpty() ? "a" : names.get(random.nextInt(names.size()));
    switch (random.nextInt(8)) {
      case 0 -> object.remove(name);
      case 1 -> object.set(name + "x", value);
      case 2 -> object.put(name, object.path(name).asText().repeat(1 << random.nextInt(12)));
      default -> object.set(name, value);
    }
  }
}
