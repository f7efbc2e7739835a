package dev.llamastream.cli;

import dev.llamastream.server.ServerParams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say who may use a server. */
final class AccessOptions {

  private static final String TOKEN_VARIABLE = "LLAMASTREAM_API_TOKEN";

  @Option(
      names = "--token-file",
      paramLabel = "<file>",
      description = "A file with the token that clients must send")
  private @Nullable Path tokenFile;

  @Option(
      names = "--allowed-host",
      paramLabel = "<name>",
      description =
          "A name by which clients may call this machine, besides localhost; '*' for any. Can be"
              + " given several times")
  private List<String> allowedHosts = List.of();

  @Option(
      names = "--cors-origin",
      paramLabel = "<origin>",
      description =
          "A web site whose pages may use this server, such as https://example.com. Can be given"
              + " several times")
  private List<String> corsOrigins = List.of();

  /**
   * Adds the options to a server's parameters.
   *
   * @throws IllegalArgumentException if a file makes no sense
   * @throws IOException if a file cannot be read
   */
  void addTo(ServerParams.Builder params) throws IOException {
    params.apiToken(token()).allowedHosts(allowedHosts).corsOrigins(corsOrigins);
  }

  /** Not an option, because all users of a machine can see the arguments of its processes. */
  private String token() throws IOException {
    if (tokenFile == null) {
      return System.getenv().getOrDefault(TOKEN_VARIABLE, "");
    }
    String token = read("the token", tokenFile).strip();
    if (token.isEmpty()) {
      throw new IllegalArgumentException("--token-file: the file is empty");
    }
    return token;
  }

  private static String read(String what, Path file) throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IOException(what + " cannot be read: " + e, e);
    }
    return Utf8.decode(what, bytes);
  }
}
