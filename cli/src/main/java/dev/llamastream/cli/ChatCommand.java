package dev.llamastream.cli;

import dev.llamastream.ChatTemplateException;
import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.LlamaException;
import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.SamplerParams;
import dev.llamastream.cli.chat.Chat;
import dev.llamastream.cli.chat.ChatSettings;
import dev.llamastream.cli.chat.ChatTerminal;
import dev.llamastream.cli.chat.Guard;
import dev.llamastream.cli.chat.PipedTerminal;
import dev.llamastream.cli.chat.ScreenTerminal;
import dev.llamastream.store.GenerationDefaults;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of {@code llamastream chat}. */
@Command(
    name = "chat",
    description =
        "Holds a conversation: on a terminal with line editing and commands, through a pipe one"
            + " message a line.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:The conversation ended.",
      "1:It could not begin, or, through a pipe, a message had no answer.",
      "2:The arguments make no sense.",
      "130:Ctrl+C was pressed before the first prompt, or through a pipe.",
      "141:Nobody reads the output any more."
    },
    footer = {
      "",
      "A line that ends with \\ continues in the next line. A text between two lines of \"\"\" is"
          + " one message. On a terminal, /help shows the commands, Ctrl+C stops an answer, and Ctrl+D leaves."
    })
final class ChatCommand implements Callable<Integer> {

  private static final int INTERRUPTED = 128 + 2;

  @Mixin private ModelOptions model = new ModelOptions();

  @Option(
      names = "--system",
      paramLabel = "<text>",
      description = "The system message: how the model should behave. Default: none")
  private String system = "";

  @Option(names = "--no-thinking", description = "A model that can think does not")
  private boolean noThinking;

  @Option(
      names = {"-n", "--max-tokens"},
      paramLabel = "<n>",
      description = "How many tokens an answer has at most. Default: as many as fit")
  private int maxTokens = Integer.MAX_VALUE;

  @Mixin private SamplerOptions sampler = new SamplerOptions();

  @Option(
      names = {"-c", "--context-size"},
      paramLabel = "<n>",
      description =
          "Room for the conversation in tokens; 0: the model's. Default: ${DEFAULT-VALUE}")
  private int contextSize = ContextParams.defaults().contextSize();

  @Option(names = "--quiet", description = "No greeting, and no figures after answers")
  private boolean quiet;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  private final InputStream in;

  ChatCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    model.showLog(spec.commandLine().getErr());
    try {
      // a bad value costs no download
      ChatSettings _ =
          new ChatSettings(sampler.params(SamplerParams.defaults()), maxTokens, !noThinking);
      ContextParams contextParams =
          ContextParams.builder()
              .contextSize(contextSize)
              .threads(model.threads())
              .batchThreads(model.threads())
              .build();
      ChosenModel chosen = model.choose(spec.commandLine().getErr());
      return chat(chosen, contextParams);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private int chat(ChosenModel chosen, ContextParams contextParams) throws IOException {
    Interruption interruption = new Interruption();
    Model loaded;
    try (Interruption _ = interruption.install()) {
      loaded = load(chosen, interruption);
    } catch (LlamaException e) {
      if (!interruption.requested()) {
        throw e;
      }
      return INTERRUPTED;
    }
    try (loaded;
        Context context = new Context(loaded, contextParams);
        ChatTerminal terminal = terminal()) {
      ChatSettings settings = settings(loaded, chosen.defaults());
      String system = this.system.isEmpty() ? chosen.defaults().systemMessage() : this.system;
      return new Chat(context, settings, system).run(terminal, nameOf(loaded, chosen), quiet);
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private ChatSettings settings(Model loaded, GenerationDefaults ofModel) throws IOException {
    boolean limited = spec.commandLine().getParseResult().hasMatchedOption("--max-tokens");
    return new ChatSettings(
        request -> ofModel.applyTo(request, loaded.info()),
        sampler.params(ofModel.sampler(SamplerParams.defaults())),
        limited ? maxTokens : ofModel.maxTokens().orElse(maxTokens),
        !noThinking);
  }

  private Model load(ChosenModel chosen, Interruption interruption) {
    ModelParams params = model.params().progressListener(_ -> !interruption.requested()).build();
    Model loaded = Model.load(chosen.file(), params);
    if (loaded.info().chatTemplate().isEmpty() && chosen.defaults().chatTemplate().isEmpty()) {
      loaded.close();
      throw new ChatTemplateException("the model has no chat template: it only continues texts");
    }
    return loaded;
  }

  private static String nameOf(Model loaded, ChosenModel chosen) {
    String name = loaded.info().name();
    return name.isBlank() ? chosen.name() : name;
  }

  private ChatTerminal terminal() throws IOException {
    CommandLine command = spec.commandLine();
    boolean screen = in.equals(System.in) && StandardInput.isTerminal();
    return screen
        ? ScreenTerminal.open(ChatCommand::stopAtExit)
        : new PipedTerminal(in, command.getOut(), command.getErr(), ChatCommand::stopAtExit);
  }

  private static Guard stopAtExit(Runnable stop) {
    Interruption interruption = new Interruption().install();
    interruption.cancels(stop);
    return interruption::close;
  }
}
