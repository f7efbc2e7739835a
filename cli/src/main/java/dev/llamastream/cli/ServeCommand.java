package dev.llamastream.cli;

import dev.llamastream.ContextParams;
import dev.llamastream.Model;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.engine.PrefixStore;
import dev.llamastream.server.LlamaServer;
import dev.llamastream.server.ServerMetrics;
import dev.llamastream.server.ServerParams;
import dev.llamastream.server.spi.ModelLibrary;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of {@code llamastream serve}. */
@Command(
    name = "serve",
    description =
        "Serves a model over HTTP: a web page, SSE, WebSocket and an OpenAI-compatible API.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "1:It could not start, for instance because the port is taken.",
      "2:The arguments make no sense.",
      "130:Ctrl+C was pressed; running streams had up to 10 s to end, or until a second signal.",
      "143:SIGTERM came; likewise."
    },
    footer = {
      "",
      "Clients need a token if the environment variable LLAMASTREAM_API_TOKEN has one, or"
          + " --token-file is given."
    })
final class ServeCommand implements Callable<Integer> {

  private static final String TOKEN_VARIABLE = "LLAMASTREAM_API_TOKEN";
  private static final Duration GRACE = Duration.ofSeconds(10);

  @Mixin private ModelOptions model = new ModelOptions();

  @Option(
      names = "--host",
      paramLabel = "<address>",
      description =
          "Address to listen on; 0.0.0.0 for all of this machine. Default: ${DEFAULT-VALUE}")
  private String host = ServerParams.defaults().host();

  @Option(
      names = {"-p", "--port"},
      paramLabel = "<n>",
      description = "Port to listen on; 0 for any that is free. Default: ${DEFAULT-VALUE}")
  private int port = ServerParams.defaults().port();

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

  @Option(
      names = "--model-name",
      paramLabel = "<name>",
      description =
          "What the model is called in answers. Default: the name given with -m, or the name of the file")
  private @Nullable String modelName;

  @Option(
      names = "--slots",
      paramLabel = "<n>",
      description = "Streams that are decoded together at most. Default: ${DEFAULT-VALUE}")
  private int slots = EngineParams.defaults().slots();

  @Option(
      names = "--queue",
      paramLabel = "<n>",
      description = "Requests that may wait for a slot; more get 429. Default: ${DEFAULT-VALUE}")
  private int queue = EngineParams.defaults().queueCapacity();

  @Option(
      names = {"-c", "--context-size"},
      paramLabel = "<n>",
      description = "Room for the tokens of all streams together. Default: ${DEFAULT-VALUE}")
  private int contextSize = EngineParams.defaults().context().contextSize();

  @Option(
      names = "--max-tokens-per-stream",
      paramLabel = "<n>",
      description =
          "Room for the tokens of one stream; 0: all there is. If all slots have that much room at"
              + " once, each has its own, which is faster. Default: ${DEFAULT-VALUE}")
  private int maxTokensPerStream = EngineParams.defaults().maxTokensPerStream();

  @Option(
      names = "--prefix-store",
      paramLabel = "<folder>[,<size>]",
      converter = PrefixStoreConverter.class,
      description =
          "A folder that keeps the beginnings of prompts for the time after a restart, and its size,"
              + " such as 500M or 20G. The files contain prompts. Default: none; size: "
              + PrefixStoreConverter.DEFAULT_SIZE)
  private @Nullable PrefixStore prefixStore;

  @Option(
      names = "--max-body",
      paramLabel = "<bytes>",
      description =
          "Size of a request at most; 0: what a prompt needs that fills the context, and 1 MiB or"
              + " more. Default: ${DEFAULT-VALUE}")
  private int maxBody = ServerParams.defaults().bodyLimit();

  @Option(
      names = "--allow-pull",
      description =
          "Let clients of Ollama's API download models to this machine and delete them. Whoever can"
              + " use the server can then fill its disk")
  private boolean allowPull;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    model.showLog(err);
    try {
      ServerMetrics metrics = new ServerMetrics();
      EngineParams engineParams = engineParams(metrics);
      // a bad value costs no download
      ServerParams.Builder serverParams = serverParams(metrics);
      ChosenModel chosen = model.choose(err);
      String name = modelName == null ? chosen.name() : modelName;
      serverParams.modelName(name).requestDefaults(chosen.requestDefaults());
      return serve(chosen.file(), engineParams, serverParams.build(), err);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private EngineParams engineParams(ServerMetrics metrics) {
    EngineParams.Builder params = EngineParams.builder();
    if (prefixStore != null) {
      params.prefixStore(prefixStore.folder(), prefixStore.maxBytes());
    }
    return params
        .slots(slots)
        .queueCapacity(queue)
        .context(
            ContextParams.builder()
                .contextSize(contextSize)
                .threads(model.threads())
                .batchThreads(model.threads())
                .build())
        .maxTokensPerStream(maxTokensPerStream)
        .listener(metrics)
        .build();
  }

  private ServerParams.Builder serverParams(ServerMetrics metrics) throws IOException {
    return ServerParams.builder()
        .host(host)
        .port(port)
        .apiToken(token())
        .allowedHosts(allowedHosts)
        .corsOrigins(corsOrigins)
        .bodyLimit(maxBody)
        .modelLibrary(allowPull ? new StoreLibrary(model.store()) : ModelLibrary.NONE)
        .metrics(metrics);
  }

  /** Not an option, because all users of a machine can see the arguments of its processes. */
  private String token() throws IOException {
    if (tokenFile == null) {
      return System.getenv().getOrDefault(TOKEN_VARIABLE, "");
    }
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(tokenFile);
    } catch (IOException e) {
      throw new IOException("the token cannot be read: " + e, e);
    }
    String token = Utf8.decode("the token", bytes).strip();
    if (token.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--token-file: the file is empty");
    }
    return token;
  }

  private int serve(
      Path file, EngineParams engineParams, ServerParams serverParams, PrintWriter err)
      throws IOException, InterruptedException {
    try (Model loaded = Model.load(file, model.params().build());
        Engine engine = Engine.open(loaded, engineParams);
        LlamaServer server = LlamaServer.start(engine, loaded, serverParams)) {
      PrintWriter out = spec.commandLine().getOut();
      out.printf(Locale.ROOT, "Serving %s at %s%n", serverParams.modelName(), url(server));
      out.flush();
      if (serverParams.apiToken().isEmpty() && !isLoopback(host)) {
        err.printf(Locale.ROOT, "Anybody who can reach %s can use it: no token is set%n", host);
        err.flush();
      }
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    Signals.endAtOnce();
                    err.printf(
                        Locale.ROOT,
                        "Stopping: streams have up to %d s to end%n",
                        GRACE.toSeconds());
                    server.close(GRACE);
                    engine.close(Duration.ZERO);
                  },
                  "shutdown"));
      // runs until a signal arrives
      new CountDownLatch(1).await();
    }
    return ExitCode.OK;
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private String url(LlamaServer server) {
    boolean everywhere = host.equals("0.0.0.0") || host.equals("::");
    String name = everywhere ? "localhost" : host.contains(":") ? "[" + host + "]" : host;
    return String.format(Locale.ROOT, "http://%s:%d", name, server.port());
  }
}
