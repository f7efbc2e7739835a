import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Streams from a server with many clients at once, and prints one line of figures. Usage:
 *
 * <pre>java ServerLoad.java (llamastream|llama-server) port clients requests tokens</pre>
 *
 * <p>Each client sends one request after the other until all have been sent. A refused request
 * (429, 503) is counted and not sent again. Meanwhile {@code /health} is asked 50 times a second.
 */
final class ServerLoad {

  /** What became of one request. */
  private record Outcome(int status, int events, double firstMillis) {}

  private final String server;
  private final int port;
  private final int tokens;

  private ServerLoad(String server, int port, int tokens) {
    this.server = server;
    this.port = port;
    this.tokens = tokens;
  }

  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[1]);
    int clients = Integer.parseInt(arguments[2]);
    int requests = Integer.parseInt(arguments[3]);
    ServerLoad load = new ServerLoad(arguments[0], port, Integer.parseInt(arguments[4]));
    load.run(clients, requests);
  }

  private void run(int clients, int requests) throws Exception {
    List<Outcome> outcomes = new ArrayList<>();
    List<Double> health = new ArrayList<>();
    AtomicBoolean done = new AtomicBoolean();
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> watch =
          threads.submit(
              () -> {
                while (!done.get()) {
                  health.add(health());
                  Thread.sleep(20);
                }
                return null;
              });
      List<Future<List<Outcome>>> running = new ArrayList<>();
      for (int client = 0; client < clients; client++) {
        int first = client;
        running.add(
            threads.submit(
                () -> {
                  List<Outcome> mine = new ArrayList<>();
                  for (int i = first; i < requests; i += clients) {
                    mine.add(stream(i));
                  }
                  return mine;
                }));
      }
      for (Future<List<Outcome>> client : running) {
        outcomes.addAll(client.get());
      }
      done.set(true);
      watch.get();
    }
    print(clients, outcomes, health, (System.nanoTime() - start) / 1e9);
  }

  private void print(int clients, List<Outcome> outcomes, List<Double> health, double seconds) {
    double[] first =
        outcomes.stream()
            .filter(o -> o.status() == 200)
            .mapToDouble(Outcome::firstMillis)
            .toArray();
    int events = outcomes.stream().mapToInt(Outcome::events).sum();
    long refused = outcomes.stream().filter(o -> o.status() == 429 || o.status() == 503).count();
    long lost = outcomes.size() - first.length - refused;
    System.out.printf(
        Locale.ROOT,
        "%-12s %7d %9.1f %9.0f %9.0f %10.1f %7d %7d %5d%n",
        server,
        clients,
        events / seconds,
        percentile(first, 0.5),
        percentile(first, 0.99),
        percentile(health.stream().mapToDouble(Double::doubleValue).toArray(), 0.99),
        first.length,
        refused,
        lost);
  }

  private static double percentile(double[] values, double share) {
    if (values.length == 0) {
      return Double.NaN;
    }
    Arrays.sort(values);
    return values[(int) Math.min(values.length - 1, Math.ceil(share * values.length) - 1)];
  }

  private double health() throws IOException {
    long start = System.nanoTime();
    try (Socket socket = connect()) {
      socket
          .getOutputStream()
          .write(
              "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().readNBytes(12);
    }
    return (System.nanoTime() - start) / 1e6;
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress("127.0.0.1", port));
    return socket;
  }

  /** Prompts differ from the first word on, so that no server has any of them in its cache. */
  private Outcome stream(int number) throws IOException {
    boolean ours = server.equals("llamastream");
    String prompt =
        number + " is the number of a story about a river, a mill and a miller. It begins:";
    String body =
        "{\"prompt\":\"%s\",\"%s\":%d,\"temperature\":0,%s}"
            .formatted(
                prompt,
                ours ? "max_tokens" : "n_predict",
                tokens,
                ours
                    ? "\"logit_bias\":{\"0\":false,\"2\":false}"
                    : "\"stream\":true,\"ignore_eos\":true");
    String request =
        "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(ours ? "/stream" : "/completion", body.length(), body);
    long start = System.nanoTime();
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream in = new BufferedInputStream(socket.getInputStream());
      String status = line(in);
      int code = status.isEmpty() ? 0 : Integer.parseInt(status.split(" ")[1]);
      if (code != 200) {
        return new Outcome(code, 0, 0);
      }
      int events = 0;
      double first = 0;
      for (String line; (line = line(in)) != null; ) {
        if (line.startsWith("data: ")) {
          if (events++ == 0) {
            first = (System.nanoTime() - start) / 1e6;
          }
          if (line.contains("\"done\":true") || line.contains("\"stop\":true")) {
            return new Outcome(code, events - 1, first);
          }
        }
      }
      return new Outcome(0, events, first);
    }
  }

  /** Without its end; null at the end of all. */
  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b; (b = in.read()) != '\n'; ) {
      if (b < 0) {
        return null;
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }
}
