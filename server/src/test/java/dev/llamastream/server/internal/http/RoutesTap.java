package dev.llamastream.server.internal.http;

import dev.llamastream.server.internal.json.RequestJson;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Looks at the requests of all routes of a server. */
public final class RoutesTap {

  private RoutesTap() {}

  /** All routes, as {@code POST /stream}, without the page's. */
  public static List<String> routes(Router router) {
    List<String> routes = new ArrayList<>();
    router
        .paths()
        .filter(path -> !Page.has(path))
        .forEach(
            path -> {
              for (String method : router.methods(path.replace("/*", "/x")).keySet()) {
                if (!method.equals("HEAD")) {
                  routes.add(method + " " + path);
                }
              }
            });
    return routes;
  }

  /** Lets the listener see each request when its handler has read it. */
  public static void tap(Router router, Consumer<RequestJson> listener) {
    for (String route : routes(router)) {
      String method = route.substring(0, route.indexOf(' '));
      router
          .methods(route.substring(method.length() + 1).replace("/*", "/x"))
          .computeIfPresent(
              method,
              (_, handler) ->
                  request -> {
                    RequestJson json = request.json();
                    try {
                      handler.handle(request);
                    } finally {
                      listener.accept(json);
                    }
                  });
    }
  }
}
