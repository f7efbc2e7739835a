package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.internal.http.Dispatcher;
import dev.llamastream.server.internal.http.RoutesTap;
import dev.llamastream.server.internal.json.RequestJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** An OpenAPI document, made of requests and of what a server reads of them and answers. */
final class OpenApiDocument {

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final String JSON = "application/json";
  private static final String BELOW = "/*";
  private static final String MODEL = "tiny";

  private final HttpClient http = HttpClient.newHttpClient();
  private final LlamaServer server;
  private final BlockingQueue<RequestJson> tapped = new LinkedBlockingQueue<>();
  private final List<String> routes = new ArrayList<>();
  private final Map<String, List<ObjectNode>> requestsOf = new HashMap<>();
  private final List<String> fieldsWithoutExample = new ArrayList<>();
  private final Map<String, JsonShape> errors = new TreeMap<>();
  private final Map<String, ObjectNode> paths = new TreeMap<>();
  private final Map<String, ObjectNode> schemas = new TreeMap<>();

  /**
   * Creates an empty one.
   *
   * @param server has all models that the requests name
   */
  OpenApiDocument(LlamaServer server) {
    this.server = server;
    RoutesTap.tap(server.router(), tapped::add);
  }

  /** Sends the requests of a form, and describes its operations. */
  void add(JsonNode form) throws IOException, InterruptedException {
    for (JsonNode operation : form.path("operations")) {
      add(form.path("form").asText(), operation);
    }
  }

  private void add(String form, JsonNode operation) throws IOException, InterruptedException {
    Route route = Route.of(operation.path("route").asText());
    List<ObjectNode> requests =
        operation.has("requestsOf")
            ? requestsOf.get(operation.path("requestsOf").asText())
            : new ArrayList<>();
    operation.path("requests").forEach(request -> requests.add((ObjectNode) request));
    requestsOf.put(route.toString(), requests);
    JsonShape read = new JsonShape();
    Map<String, JsonShape> answers = new TreeMap<>();
    for (ObjectNode request : requests.isEmpty() ? List.of(object()) : requests) {
      HttpResponse<String> response = send(route, request);
      assertThat(response.statusCode())
          .as("%s %s: %s", route, request, response.body())
          .isEqualTo(200);
      if (!Dispatcher.HEALTH.contains(route.path)) {
        read.add(tapped.take(), request);
      }
      String type = response.headers().firstValue("content-type").orElse("").split(";")[0];
      JsonNode answer =
          type.equals(JSON)
              ? MAPPER.readTree(response.body())
              : JsonNodeFactory.instance.textNode(response.body());
      answers.computeIfAbsent(type, _ -> new JsonShape()).add(answer);
    }
    addErrors(form, route);
    if (route.method.equals("POST")) { // a GET request is read by the same code
      fieldsWithoutExample.addAll(read.unknown(route.toString()));
    }
    String id = route.id();
    ObjectNode schema = read.schema(required(route, requests));
    ObjectNode described = object();
    described.putArray("tags").add(form);
    described.put("summary", operation.path("summary").asText());
    if (route.method.equals("GET")) {
      addParameters(described, route, schema);
    } else {
      schemas.put(id + "_request", schema);
      ObjectNode body = described.putObject("requestBody").put("required", true);
      ObjectNode content = body.putObject("content").putObject(JSON);
      content.putObject("schema").put("$ref", reference(id + "_request"));
      content.set("example", requests.getFirst());
    }
    ObjectNode responses = described.putObject("responses");
    ObjectNode answer = responses.putObject("200").put("description", "The answer.");
    answers.forEach(
        (type, shape) -> {
          String name = id + "_response";
          ObjectNode content = answer.withObjectProperty("content").putObject(type);
          if (type.equals(JSON)) {
            schemas.put(name, shape.schema());
            content.putObject("schema").put("$ref", reference(name));
          }
        });
    responses
        .putObject("default")
        .put("description", "Why there is none.")
        .putObject("content")
        .putObject(JSON)
        .putObject("schema")
        .put("$ref", reference(errorName(form)));
    put(route, described);
    operation.path("also").forEach(other -> put(Route.of(other.asText()), described));
  }

  private void put(Route route, ObjectNode described) {
    routes.add(route.toString());
    ObjectNode operation = object().put("operationId", route.id()).setAll(described);
    paths
        .computeIfAbsent(route.path.replace(BELOW, "/{model}"), _ -> object())
        .set(route.method.toLowerCase(Locale.ROOT), operation);
  }

  private static void addParameters(ObjectNode operation, Route route, ObjectNode schema) {
    if (route.path.endsWith(BELOW)) {
      ObjectNode model = operation.withArrayProperty("parameters").addObject();
      model.put("name", "model").put("in", "path").put("required", true);
      model.putObject("schema").put("type", "string");
    }
    schema
        .path("properties")
        .forEachEntry(
            (name, type) -> {
              if (type.has("type") && !type.has("properties")) {
                ObjectNode field = operation.withArrayProperty("parameters").addObject();
                field.put("name", name).put("in", "query").set("schema", type);
              }
            });
  }

  /** Learns the form's errors: of a wrong method, of no object, of a wrong type. */
  private void addErrors(String form, Route route) throws IOException, InterruptedException {
    JsonShape shape = errors.computeIfAbsent(form, _ -> new JsonShape());
    shape.add(refused(new Route("PUT", route.path), "{}"));
    if (route.method.equals("POST")) {
      shape.add(refused(route, "[]"));
      shape.add(refused(route, "{\"model\": 1}"));
      tapped.take();
    }
  }

  private JsonNode refused(Route route, String body) throws IOException, InterruptedException {
    HttpResponse<String> response = send(route, body);
    assertThat(response.statusCode()).as("%s %s", route, body).isBetween(400, 499);
    return MAPPER.readTree(response.body());
  }

  /** The fields without which no request is accepted. */
  private Set<String> required(Route route, List<ObjectNode> requests)
      throws IOException, InterruptedException {
    Set<String> required = new TreeSet<>();
    if (requests.isEmpty()) {
      return required;
    }
    requests.getFirst().fieldNames().forEachRemaining(required::add);
    for (ObjectNode request : requests) {
      required.removeIf(name -> !request.has(name));
    }
    for (String name : List.copyOf(required)) {
      for (ObjectNode request : requests) {
        ObjectNode without = request.deepCopy();
        without.remove(name);
        int status = send(route, without).statusCode();
        tapped.take();
        if (status == 200) {
          required.remove(name);
          break;
        }
      }
    }
    return required;
  }

  private HttpResponse<String> send(Route route, ObjectNode request)
      throws IOException, InterruptedException {
    return send(route, route.method.equals("GET") ? query(request) : request.toString());
  }

  private HttpResponse<String> send(Route route, String content)
      throws IOException, InterruptedException {
    String path = route.path.replace(BELOW, "/" + MODEL);
    boolean get = route.method.equals("GET");
    String url = "http://127.0.0.1:" + server.port() + path + (get ? content : "");
    return http.send(
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", JSON)
            .method(route.method, get ? BodyPublishers.noBody() : BodyPublishers.ofString(content))
            .build(),
        BodyHandlers.ofString());
  }

  private static String query(ObjectNode request) {
    StringBuilder query = new StringBuilder();
    request.forEachEntry(
        (name, value) ->
            query.append(query.isEmpty() ? '?' : '&').append(name + "=" + value.asText()));
    return query.toString();
  }

  /** The operations that were described. */
  List<String> routes() {
    return routes;
  }

  /** What a handler reads and no request has, so that its type is not known. */
  List<String> fieldsWithoutExample() {
    return fieldsWithoutExample;
  }

  /** The document. */
  ObjectNode json() {
    ObjectNode document = object().put("openapi", "3.1.0");
    document
        .putObject("info")
        .put("title", "llamastream")
        .put("version", "0.1.0")
        .put(
            "description", "Text generation in the forms of OpenAI, Anthropic, Ollama and others.");
    document.putArray("security").addObject().putArray("token");
    document.withArrayProperty("security").addObject(); // a server may have no tokens
    ObjectNode operations = document.putObject("paths");
    paths.forEach(operations::set);
    ObjectNode components = document.putObject("components");
    components
        .putObject("securitySchemes")
        .putObject("token")
        .put("type", "http")
        .put("scheme", "bearer");
    errors.forEach((form, shape) -> schemas.put(errorName(form), shape.schema()));
    ObjectNode named = components.putObject("schemas");
    schemas.forEach(named::set);
    return document;
  }

  private static String errorName(String form) {
    return form.replaceAll("[^A-Za-z]", "") + "_error";
  }

  private static String reference(String schema) {
    return "#/components/schemas/" + schema;
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private record Route(String method, String path) {

    static Route of(String text) {
      int space = text.indexOf(' ');
      return new Route(text.substring(0, space), text.substring(space + 1));
    }

    String id() {
      String words = path.replace(BELOW, "/model").replaceAll("[^A-Za-z0-9]+", "_");
      return method.toLowerCase(Locale.ROOT) + words;
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }
}
