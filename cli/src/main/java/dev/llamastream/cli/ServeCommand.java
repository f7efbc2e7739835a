package dev.llamastream.cli;

import dev.llamastream.Model;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.server.LlamaServer;
import dev.llamastream.server.ModelSource;
import dev.llamastream.server.ServerMetrics;
import dev.llamastream.server.ServerParams;
import dev.llamastream.server.spi.ModelLibrary;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
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
        "Serves models over HTTP: a web page, SSE, WebSocket and an OpenAI-compatible API.",
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
          + " --token-file, --api-key-file or --api-key is given."
    })
final class ServeCommand implements Callable<Integer> {

  private static final Duration GRACE = Duration.ofSeconds(10);

  /** The options that the library calls something else. */
  private static final Map<String, String> OPTIONS =
      Map.of(
          "bodyLimit", "--max-body",
          "idleUnload", "--idle-unload",
          "maxTokensPerStream", "--max-tokens-per-stream",
          "memoryBudget", "--memory",
          "queueCapacity", "--queue",
          "requestsPerMinute", "--rate");

  @Mixin private ServedOptions models = new ServedOptions();
  @Mixin private LoadOptions load = new LoadOptions();

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

  @Mixin private AccessOptions access = new AccessOptions();

  @Option(
      names = "--model-name",
      paramLabel = "<name>",
      description =
          "What a single model is called in answers. Default: the name given with -m, or the name of"
              + " the file")
  private @Nullable String modelName;

  @Mixin private EngineOptions engine = new EngineOptions();

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
          "Let clients of Ollama's API download models to this machine and delete them. Every client"
              + " can then fill its disk")
  private boolean allowPull;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    load.showLog(err);
    try {
      // a bad value costs no download
      ServerMetrics metrics = new ServerMetrics();
      EngineParams engineParams = engine.params(load.threads()).build();
      ServerParams.Builder serverParams = serverParams(metrics);
      Serving serving = models.read();
      serving.addTo(serverParams);
      var _ = serverParams.build();
      return serving.isSingle()
          ? serveOne(serving, engineParams, serverParams)
          : serveSeveral(serving, engineParams, serverParams.build());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), byOption(String.valueOf(e.getMessage())), e);
    }
  }

  /** Puts the option's name in front of a message that begins with the library's. */
  private static String byOption(String message) {
    String field = message.substring(0, Math.max(0, message.indexOf(':')));
    return OPTIONS.getOrDefault(field, field) + message.substring(field.length());
  }

  private ServerParams.Builder serverParams(ServerMetrics metrics) throws IOException {
    ServerParams.Builder params =
        ServerParams.builder()
            .host(host)
            .port(port)
            .bodyLimit(maxBody)
            .modelLibrary(allowPull ? new StoreLibrary(load.store()) : ModelLibrary.NONE)
            .metrics(metrics);
    access.addTo(params);
    return params;
  }

  /** One model is loaded at once, and stays. */
  private int serveOne(
      Serving serving, EngineParams engineParams, ServerParams.Builder serverParams)
      throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    ServedName only = serving.names().getFirst();
    ChosenModel chosen = only.choose(load, err);
    String name = modelName == null ? chosen.name() : modelName;
    ServerParams params =
        serverParams.modelName(name).requestDefaults(chosen.requestDefaults()).build();
    try (Model loaded = Model.load(chosen.file(), load.params().build());
        Engine opened =
            Engine.open(loaded, engineParams.toBuilder().listener(params.metrics()).build());
        LlamaServer server = LlamaServer.start(opened, loaded, params)) {
      return await(server, name, params, () -> opened.close(Duration.ZERO));
    }
  }

  /** Several are loaded when requests name them. */
  private int serveSeveral(Serving serving, EngineParams engineParams, ServerParams params)
      throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    if (modelName != null) {
      throw new IllegalArgumentException(
          "--model-name: only for a single model; several are named with -m <model>=<alias>");
    }
    if (engineParams.prefixStore().isPresent() && serving.names().size() > 1) {
      throw new IllegalArgumentException("--prefix-store: only for a single model");
    }
    List<ModelSource> sources =
        serving.names().stream()
            .map(name -> name.source(name.choose(load, err), load.params(), engineParams))
            .toList();
    String names = sources.stream().map(ModelSource::name).collect(Collectors.joining(", "));
    try (LlamaServer server = LlamaServer.start(sources, params)) {
      return await(server, names, params, () -> {});
    }
  }

  /** Runs until a signal arrives. */
  private int await(LlamaServer server, String names, ServerParams params, Runnable afterwards)
      throws InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    PrintWriter out = spec.commandLine().getOut();
    out.printf(Locale.ROOT, "Serving %s at %s%n", names, url(server, params.tls().isPresent()));
    out.flush();
    if (!params.needsToken() && !isLoopback(host)) {
      err.printf(Locale.ROOT, "Anyone who can reach %s can use it: no token is set%n", host);
      err.flush();
    }
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  Signals.endAtOnce();
                  err.printf(
                      Locale.ROOT, "Stopping: streams have up to %d s to end%n", GRACE.toSeconds());
                  server.close(GRACE);
                  afterwards.run();
                },
                "shutdown"));
    new CountDownLatch(1).await();
    return ExitCode.OK;
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private String url(LlamaServer server, boolean tls) {
    boolean everywhere = host.equals("0.0.0.0") || host.equals("::");
    String name = everywhere ? "localhost" : host.contains(":") ? "[" + host + "]" : host;
    return String.format(Locale.ROOT, "%s://%s:%d", tls ? "https" : "http", name, server.port());
  }
}
