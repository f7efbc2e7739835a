import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Uses a server through a proxy.
 *
 * @param arguments the proxy's address and the server's, such as http://127.0.0.1:8081
 */
void main(String[] arguments) throws Exception {
  String proxy = arguments[0];
  String server = arguments[1];
  try (HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
    String endless = "{\"prompt\":\"Once\",\"max_tokens\":1000000,\"ignore_eos\":true}";
    HttpResponse<Stream<String>> stream =
        client.send(post(proxy + "/stream", endless), BodyHandlers.ofLines());
    check(stream.statusCode() == 200, "a stream has status " + stream.statusCode());
    try (Stream<String> lines = stream.body()) {
      // a proxy that buffers would never come to the end
      check(lines.filter(line -> line.startsWith("data:")).limit(3).count() == 3, "three tokens");
    }
    IO.println("ok tokens come one by one");

    while (!get(client, server + "/metrics").contains("llamastream_streams{state=\"running\"} 0.0")) {
      Thread.sleep(10);
    }
    IO.println("ok a client that goes away ends its generation");

    CompletableFuture<String> token = new CompletableFuture<>();
    WebSocket socket =
        client
            .newWebSocketBuilder()
            .buildAsync(
                URI.create(proxy.replaceFirst("http", "ws") + "/ws"),
                new WebSocket.Listener() {
                  @Override
                  public CompletionStage<?> onText(WebSocket ws, CharSequence text, boolean last) {
                    token.complete(text.toString());
                    return WebSocket.Listener.super.onText(ws, text, last);
                  }
                })
            .get(30, TimeUnit.SECONDS);
    socket.sendText("{\"type\":\"generate\",\"prompt\":\"Once\",\"max_tokens\":3}", true).join();
    String first = token.get(30, TimeUnit.SECONDS);
    check(first.contains("token"), first);
    socket.abort();
    IO.println("ok WebSocket");

    String large = "{\"prompt\":\"" + "word ".repeat(150_000) + "\"}";
    HttpResponse<String> refused = client.send(post(proxy + "/stream", large), BodyHandlers.ofString());
    check(refused.body().contains("maximum context length"), refused.statusCode() + refused.body());
    IO.println("ok a long prompt, and the server's own error");
  }
}

private static HttpRequest post(String uri, String json) {
  return HttpRequest.newBuilder(URI.create(uri))
      .header("Content-Type", "application/json")
      .POST(BodyPublishers.ofString(json))
      .build();
}

private static String get(HttpClient client, String uri) throws Exception {
  return client
      .send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString())
      .body();
}

private static void check(boolean holds, String message) {
  if (!holds) {
    throw new AssertionError(message);
  }
}
