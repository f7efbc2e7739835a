import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.ContextParams;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.GgufWriter;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.server.LlamaServer;
import dev.llamastream.server.RequestDefaults;
import dev.llamastream.server.ServerMetrics;
import dev.llamastream.server.ServerParams;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Takes the options of llama-server, and serves with llamastream. Its models are tiny ones in place
 * of those that the tests download.
 *
 * <p>One process serves for all tests, one after the other. It reads a line for each server: its
 * options, each URL-encoded, with spaces between. An empty line stops the server. Each line gets an
 * answer: {@code ok}, or what was wrong.
 */
final class StandIn implements AutoCloseable {

  /** What llamastream always does, never needs, or leaves to its engine. */
  private static final Set<String> FLAGS =
      Set.of(
          "--offline",
          "--cont-batching",
          "--embedding",
          "--metrics",
          "--kv-unified",
          "--slots",
          "--no-slots",
          "--jinja",
          "--no-jinja",
          "--verbose");

  private static final Set<String> VALUES =
      Set.of(
          "--port",
          "--host",
          "--temp",
          "--seed",
          "--hf-repo",
          "--hf-file",
          "--alias",
          "--ctx-size",
          "--batch-size",
          "--ubatch-size",
          "--parallel",
          "--n-predict",
          "--api-key",
          "--pooling",
          "--reasoning",
          "--slot-save-path",
          "-fa",
          "--chat-template",
          "--chat-template-file");

  private final Map<String, String> options = new HashMap<>();
  private final Path file = Files.createTempFile("stand-in", ".gguf");
  private final Model model;
  private final Engine engine;
  private final LlamaServer server;

  private StandIn(List<String> arguments) throws IOException {
    read(arguments);
    ServerMetrics metrics = new ServerMetrics();
    model = Model.load(model().write(file));
    engine = Engine.open(model, engineParams(metrics));
    server = LlamaServer.start(engine, model, serverParams(metrics));
  }

  private void read(List<String> arguments) {
    for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
      String name = rest.next();
      if (FLAGS.contains(name)) {
        options.put(name, "");
      } else if (VALUES.contains(name)) {
        options.put(name, rest.next());
      } else {
        throw new IllegalArgumentException("llamastream has no such option: " + name);
      }
    }
  }

  public static void main(String[] arguments) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    StandIn running = null;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      try {
        if (running != null) {
          running.close();
          running = null;
        }
        if (!line.isEmpty()) {
          running =
              new StandIn(
                  Stream.of(line.split(" ")).map(word -> URLDecoder.decode(word, UTF_8)).toList());
        }
        System.out.println("ok");
      } catch (IOException | RuntimeException e) {
        System.out.println(String.valueOf(e.getMessage()).replace('\n', ' '));
      }
    }
    System.exit(0);
  }

  @Override
  public void close() throws IOException {
    server.close();
    engine.close();
    model.close();
    Files.delete(file);
  }

  private int number(String option, int defaultValue) {
    return Integer.parseInt(options.getOrDefault(option, String.valueOf(defaultValue)));
  }

  private EngineParams engineParams(ServerMetrics metrics) {
    int contextSize = number("--ctx-size", 4096);
    int slots = number("--parallel", 4);
    boolean shared = options.containsKey("--kv-unified");
    return EngineParams.builder()
        .slots(slots)
        .maxTokensPerStream(shared ? 0 : contextSize / slots)
        .context(
            ContextParams.builder()
                .contextSize(contextSize)
                .batchSize(number("--batch-size", 512))
                .threads(1)
                .build())
        .listener(metrics)
        .build();
  }

  private ServerParams serverParams(ServerMetrics metrics) throws IOException {
    return ServerParams.builder()
        .host(options.getOrDefault("--host", "127.0.0.1"))
        .port(number("--port", 8080))
        .apiToken(options.getOrDefault("--api-key", ""))
        .modelName(options.getOrDefault("--alias", "stand-in"))
        .metrics(metrics)
        .requestDefaults(
            RequestDefaults.builder()
                .sampler(
                    SamplerParams.builder()
                        .temperature(Double.parseDouble(options.getOrDefault("--temp", "0.8")))
                        .seed(number("--seed", -1))
                        .build())
                .maxTokens(number("--n-predict", -1))
                .chatTemplate(template())
                .build())
        .build();
  }

  private String template() throws IOException {
    String file = options.get("--chat-template-file");
    if (file != null) {
      return Files.readString(Path.of(file));
    }
    String template = options.getOrDefault("--chat-template", "chatml");
    return template.equals("chatml") ? ChatTemplate.CHATML : template;
  }

  private GgufWriter model() {
    String repository = options.getOrDefault("--hf-repo", "");
    TinyModel model = TinyModel.defaults().withText(TinyModel.Text.PRINTABLE);
    return switch (repository) {
      case "ggml-org/test-model-stories260K" -> model.gguf();
      case "ggml-org/test-model-stories260K-infill" ->
          model
              .withPieces("[PRE]", "[SUF]", "[MID]")
              .gguf()
              .put("tokenizer.ggml.fim_pre_token_id", 260)
              .put("tokenizer.ggml.fim_suf_token_id", 261)
              .put("tokenizer.ggml.fim_mid_token_id", 262);
      case "ggml-org/models" -> {
        if (!options.containsKey("--embedding")) {
          throw new IllegalArgumentException("no model is in this one's place");
        }
        yield model.gguf();
      }
      default -> throw new IllegalArgumentException("no model is in the place of " + repository);
    };
  }
}
