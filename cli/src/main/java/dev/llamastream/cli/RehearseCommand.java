package dev.llamastream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Does briefly what the other commands do, all in one JVM. The launcher runs it to make its
 * ahead-of-time caches: the JVM records which classes and methods a start needs. The server has a
 * cache of its own, because a JVM loads all classes of a cache when it starts.
 */
@Command(
    name = "rehearse",
    hidden = true,
    description = "Does briefly what the other commands do: for the cache of the launcher.")
final class RehearseCommand implements Callable<Integer> {

  private static final String CHAT =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":4,\"stream\":true}";

  @Option(names = "--serve", description = "Only the server; without it, all except the server")
  private boolean server;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Parameters(paramLabel = "<model>", description = "A model in GGUF format")
  private Path model;

  @Override
  public Integer call() throws IOException, InterruptedException {
    String file = model.toString();
    int failures =
        server
            ? serve(file)
            : rehearse("", "inspect", file)
                + rehearse("", "run", "-m", file, "-n", "8", "Hi")
                + rehearse("Hi", "chat", "-m", file, "-n", "8");
    return failures == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private static int rehearse(String input, String... arguments) {
    InputStream in = new ByteArrayInputStream(input.getBytes(UTF_8));
    OutputStream out = OutputStream.nullOutputStream();
    return Main.execute(in, out, out, arguments);
  }

  /** Serves until it has answered. The interrupt stands for the signal that ends a server. */
  private static int serve(String file) throws IOException, InterruptedException {
    PipedOutputStream out = new PipedOutputStream();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(new PipedInputStream(out), UTF_8))) {
      Thread server = Thread.ofPlatform().start(() -> serve(file, out));
      try {
        return ask(lines.readLine());
      } finally {
        server.interrupt();
        server.join();
      }
    }
  }

  private static void serve(String file, OutputStream out) {
    try (out) {
      Main.execute(
          InputStream.nullInputStream(),
          out,
          OutputStream.nullOutputStream(),
          "serve",
          "-m",
          file,
          "--port",
          "0");
    } catch (IOException e) {
      // nobody reads it any more
    }
  }

  /**
   * Asks the server that printed this line.
   *
   * @param line null if it could not start
   * @return how many requests failed
   */
  private static int ask(@Nullable String line) throws IOException {
    if (line == null) {
      return 1;
    }
    int port = URI.create(line.substring(line.indexOf("http://"))).getPort();
    return request(port, "GET /", "")
        + request(port, "GET /health", "")
        + request(port, "POST /v1/chat/completions", CHAT);
  }

  private static int request(int port, String what, String body) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String request =
          String.format(
              Locale.ROOT,
              "%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                  + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
              what,
              body.length(),
              body);
      socket.getOutputStream().write(request.getBytes(UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
      return answer.startsWith("HTTP/1.1 200 ") ? 0 : 1;
    }
  }
}
