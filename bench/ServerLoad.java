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
 * Streams from our server and from llama-server in turns, with many clients at once, and prints a
 * line of figures for each. Usage:
 *
 * <pre>java ServerLoad.java chat|text llamastream-port llama-server-port tokens rounds clients...
 * </pre>
 *
 * <p>Chats are asked for at {@code /v1/chat/completions}, texts at each server's own path.
 *
 * <p>Each client sends one request, or 4 one after the other if there are up to 8. Short turns make
 * good pairs: the machine's speed changes within a minute. A refused request (429, 503) is counted
 * and not sent again. Meanwhile {@code /health} is asked 10 times a second, each time on a new
 * connection.
 */
final class ServerLoad {

  /** What became of one request. */
  private record Outcome(int status, int events, double firstMillis) {}

  /** What many clients saw. */
  private record Figures(double tokensPerSecond, double firstP99) {}

  private final boolean chat;
  private final String server;
  private final int port;
  private final int tokens;
  private int number;

  private ServerLoad(boolean chat, String server, int port, int tokens) {
    this.chat = chat;
    this.server = server;
    this.port = port;
    this.tokens = tokens;
  }

  public static void main(String[] arguments) throws Exception {
    boolean chat = arguments[0].equals("chat");
    int tokens = Integer.parseInt(arguments[3]);
    int rounds = Integer.parseInt(arguments[4]);
    ServerLoad ours = new ServerLoad(chat, "llamastream", Integer.parseInt(arguments[1]), tokens);
    ServerLoad theirs =
        new ServerLoad(chat, "llama-server", Integer.parseInt(arguments[2]), tokens);
    System.out.println(
        "server       clients  tokens/s  TTFT p50  TTFT p99 health p99  served refused  lost"
            + "     (times in ms)");
    for (ServerLoad server : List.of(ours, theirs)) {
      for (int i = 0; i < 6; i++) {
        server.run(32); // warm: a JVM compiles for some thousand tokens
      }
    }
    for (String argument : Arrays.asList(arguments).subList(5, arguments.length)) {
      int clients = Integer.parseInt(argument);
      List<Double> speed = new ArrayList<>();
      List<Double> first = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        Figures before = round % 2 == 0 ? null : theirs.run(clients); // who goes first alternates
        Figures our = ours.run(clients);
        Figures their = before == null ? theirs.run(clients) : before;
        speed.add(our.tokensPerSecond() / their.tokensPerSecond());
        first.add(our.firstP99() / their.firstP99());
      }
      System.out.printf(
          Locale.ROOT,
          "median ratio %7d %9.3f %19.3f%n",
          clients,
          percentile(speed, 0.5),
          percentile(first, 0.5));
    }
  }

  private Figures run(int clients) throws Exception {
    // llama-server's threads spin for a while after their last token: not at the other's expense
    Thread.sleep(1_000);
    int each = clients <= 8 ? 4 : 1;
    List<Outcome> outcomes = new ArrayList<>();
    List<Double> health = new ArrayList<>();
    AtomicBoolean done = new AtomicBoolean();
    long start = System.nanoTime();
    double seconds;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> watch =
          threads.submit(
              () -> {
                while (!done.get()) {
                  health.add(health());
                  Thread.sleep(100);
                }
                return null;
              });
      List<Future<List<Outcome>>> running = new ArrayList<>();
      for (int client = 0; client < clients; client++) {
        int first = number;
        number += each;
        running.add(
            threads.submit(
                () -> {
                  List<Outcome> mine = new ArrayList<>();
                  for (int i = 0; i < each; i++) {
                    mine.add(stream(first + i));
                  }
                  return mine;
                }));
      }
      for (Future<List<Outcome>> client : running) {
        outcomes.addAll(client.get());
      }
      seconds = (System.nanoTime() - start) / 1e9;
      done.set(true);
      watch.get();
    }
    return print(clients, outcomes, health, seconds);
  }

  private Figures print(int clients, List<Outcome> outcomes, List<Double> health, double seconds) {
    List<Double> first =
        outcomes.stream().filter(o -> o.status() == 200).map(Outcome::firstMillis).toList();
    int events = outcomes.stream().mapToInt(Outcome::events).sum();
    long refused = outcomes.stream().filter(o -> o.status() == 429 || o.status() == 503).count();
    long lost = outcomes.size() - first.size() - refused;
    System.out.printf(
        Locale.ROOT,
        "%-12s %7d %9.1f %9.0f %9.0f %10.1f %7d %7d %5d%n",
        server,
        clients,
        events / seconds,
        percentile(first, 0.5),
        percentile(first, 0.99),
        percentile(health, 0.99),
        first.size(),
        refused,
        lost);
    return new Figures(events / seconds, percentile(first, 0.99));
  }

  private static double percentile(List<Double> values, double share) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
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
    String prompt =
        number + " is the number of a story about a river, a mill and a miller. It begins:";
    boolean own = !chat && server.equals("llamastream"); // always streams
    String body =
        String.format(
            Locale.ROOT,
            "{%s,\"max_tokens\":%d,\"temperature\":0,\"ignore_eos\":true%s}",
            chat
                ? "\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}]"
                : "\"prompt\":\"" + prompt + "\"",
            tokens,
            own ? "" : ",\"stream\":true");
    String request =
        String.format(
            Locale.ROOT,
            "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
            chat ? "/v1/chat/completions" : own ? "/stream" : "/completion",
            body.length(),
            body);
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
        if (isLast(line)) {
          // a token that ends amid a character sends no event of its own in a chat
          return new Outcome(code, chat ? tokens : events, first);
        }
        if (hasText(line) && events++ == 0) {
          first = (System.nanoTime() - start) / 1e6;
        }
      }
      return new Outcome(0, events, first);
    }
  }

  private boolean isLast(String line) {
    return chat
        ? line.equals("data: [DONE]")
        : line.contains("\"done\":true") || line.contains("\"stop\":true");
  }

  private boolean hasText(String line) {
    return chat
        ? line.contains("\"content\":\"") && !line.contains("\"content\":\"\"")
        : line.startsWith("data: ");
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
