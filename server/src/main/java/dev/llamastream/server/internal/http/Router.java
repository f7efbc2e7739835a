package dev.llamastream.server.internal.http;

import static java.util.Objects.requireNonNull;

import dev.llamastream.server.internal.json.ApiError;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Maps methods and paths to handlers. Add all routes before the server starts. */
public final class Router {

  private static final String BELOW = "/*";

  private final Map<String, Map<String, Handler>> exact = new HashMap<>();
  private final Map<String, Map<String, Handler>> below = new HashMap<>();
  private final Map<String, ErrorForm> errors = new HashMap<>();

  /** Creates an empty router. */
  public Router() {}

  /** Adds a route for GET and HEAD. */
  public void get(String path, Handler handler) {
    on("GET", path, handler);
    on("HEAD", path, handler);
  }

  /**
   * Adds a route.
   *
   * @param path an exact path, or one that ends in {@code /*} for all paths below it
   */
  public void on(String method, String path, Handler handler) {
    boolean prefix = path.endsWith(BELOW);
    String key = prefix ? path.substring(0, path.length() - BELOW.length()) : path;
    (prefix ? below : exact).computeIfAbsent(key, _ -> new TreeMap<>()).put(method, handler);
  }

  /** Puts a handler in front of the one that a path has for GET and HEAD. */
  public void inFront(String path, UnaryOperator<Handler> handler) {
    Map<String, Handler> methods = requireNonNull(methods(path), path);
    methods.replaceAll((method, behind) -> method.equals("POST") ? behind : handler.apply(behind));
  }

  /**
   * Sets the form of all errors at a path and below it, also of those before a handler is found.
   *
   * @param path a path that need not have a handler, such as {@code /api}
   */
  public void errors(String path, ErrorForm form) {
    errors.put(path, form);
  }

  /** The form of the errors at a path: that of the longest path that covers it. */
  ErrorForm errors(String path) {
    for (String at = path; !at.isEmpty(); at = at.substring(0, Math.max(0, at.lastIndexOf('/')))) {
      ErrorForm form = errors.get(at);
      if (form != null) {
        return form;
      }
    }
    return ErrorForm.OPENAI;
  }

  /**
   * Finds the handler.
   *
   * @throws ApiError 404 or 405
   */
  Handler find(String method, String path) {
    Map<String, Handler> methods = methods(path);
    if (methods == null) {
      throw ApiError.refused(404, "not_found", "there is nothing at this path");
    }
    Handler handler = methods.get(method);
    if (handler == null) {
      String allowed = String.join(", ", methods.keySet());
      throw ApiError.refused(405, "method_not_allowed", "only " + allowed + " works here")
          .header("Allow", allowed);
    }
    return handler;
  }

  /** The path as it was added. Metrics use it because the number of routes is small. */
  String route(String path) {
    if (exact.containsKey(path)) {
      return path;
    }
    String parent = parent(path);
    return below.containsKey(parent) ? parent + BELOW : "other";
  }

  /** All paths, as they were added. */
  Stream<String> paths() {
    return Stream.concat(
        exact.keySet().stream(), below.keySet().stream().map(path -> path + BELOW));
  }

  /** Closes all handlers. */
  public void close() {
    Stream.of(exact, below)
        .flatMap(routes -> routes.values().stream())
        .flatMap(methods -> methods.values().stream())
        .forEach(Handler::close);
  }

  /** The handlers of a path by method; null if the path is unknown. */
  @Nullable Map<String, Handler> methods(String path) {
    Map<String, Handler> methods = exact.get(path);
    return methods == null ? below.get(parent(path)) : methods;
  }

  /** The prefix route that covers this path, at any depth. */
  private String parent(String path) {
    for (int end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      String parent = path.substring(0, end);
      if (below.containsKey(parent)) {
        return parent;
      }
    }
    return "";
  }
}
