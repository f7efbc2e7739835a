package dev.llamastream.cli;

import dev.llamastream.server.ServerParams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
      names = "--api-key",
      paramLabel = "<key>",
      description =
          "A token that clients may send. All users of this machine can see it in the list of"
              + " processes: --api-key-file hides it. Can be given several times")
  private List<String> apiKeys = List.of();

  @Option(
      names = "--api-key-file",
      paramLabel = "<file>",
      description =
          "A file with tokens that clients may send, one on each line. Empty lines and lines that"
              + " begin with # are ignored")
  private @Nullable Path apiKeyFile;

  @Option(
      names = "--rate",
      paramLabel = "<n>[/m]",
      converter = RateConverter.class,
      description =
          "Requests that each client may send per minute; more get 429. A client is a token, or an"
              + " address if there are no tokens. 0: no limit, which is the default")
  private int rate;

  @Option(
      names = "--tls-cert",
      paramLabel = "<file>",
      description =
          "A certificate and its chain in PEM, for https. It is read again when it changes. Needs"
              + " --tls-key")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "<file>",
      description = "The private key of --tls-cert, in PEM without a password")
  private @Nullable Path key;

  @Option(
      names = "--allowed-host",
      paramLabel = "<name>",
      description =
          "A name by which clients may address this machine, besides localhost; '*' for any. Can be"
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
    params
        .apiToken(token())
        .apiKeys(keys())
        .requestsPerMinute(rate)
        .allowedHosts(allowedHosts)
        .corsOrigins(corsOrigins);
    if (certificate != null && key != null) {
      params.tls(readable("--tls-cert", certificate), readable("--tls-key", key));
    } else if (certificate != null || key != null) {
      throw new IllegalArgumentException("--tls-cert and --tls-key: both are needed");
    }
  }

  private static Path readable(String option, Path file) throws IOException {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new IOException(option + ": " + file + " cannot be read");
    }
    return file;
  }

  private List<String> keys() throws IOException {
    List<String> keys = new ArrayList<>(apiKeys);
    if (apiKeyFile != null) {
      List<String> lines =
          Utf8.read("the API keys", apiKeyFile)
              .lines()
              .map(String::strip)
              .filter(line -> !line.isEmpty() && !line.startsWith("#"))
              .toList();
      if (lines.isEmpty()) {
        throw new IllegalArgumentException("--api-key-file: there is no key in the file");
      }
      keys.addAll(lines);
    }
    return keys;
  }

  /**
   * A file or the environment, because all users of a machine can see the arguments of processes.
   */
  private String token() throws IOException {
    if (tokenFile == null) {
      return System.getenv().getOrDefault(TOKEN_VARIABLE, "");
    }
    String token = Utf8.read("the token", tokenFile).strip();
    if (token.isEmpty()) {
      throw new IllegalArgumentException("--token-file: the file is empty");
    }
    return token;
  }
}
