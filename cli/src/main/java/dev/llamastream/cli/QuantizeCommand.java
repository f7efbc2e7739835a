package dev.llamastream.cli;

import dev.llamastream.InvalidValueException;
import dev.llamastream.Model;
import dev.llamastream.QuantizationType;
import dev.llamastream.QuantizeParams;
import dev.llamastream.gguf.GgufFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llamastream quantize}: stores a model's weights with fewer bits. */
@Command(
    name = "quantize",
    description = "Stores a model's weights with fewer bits. Ctrl+C stops it and leaves nothing.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:The new file is there.",
      "1:It could not be written.",
      "2:The arguments make no sense.",
      "130:Ctrl+C was pressed."
    })
final class QuantizeCommand implements Callable<Integer> {

  private static final int INTERRUPTED = 128 + 2;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Parameters(
      index = "0",
      paramLabel = "<source>",
      description = "A model in GGUF format; of one in several files, the first")
  private Path source;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Parameters(
      index = "1",
      paramLabel = "<target>",
      description = "The new file, which must not exist")
  private Path target;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Option(
      names = "--type",
      required = true,
      paramLabel = "<type>",
      converter = TypeOption.class,
      description = "How to store the weights: ${COMPLETION-CANDIDATES}")
  private QuantizationType type;

  @Option(
      names = {"-t", "--threads"},
      paramLabel = "<n>",
      description = "Threads that quantize; 0: one for each processor. Default: ${DEFAULT-VALUE}")
  private int threads;

  @Option(
      names = "--requantize",
      description = "Take a source that is quantized already. What it has lost stays lost")
  private boolean requantize;

  @Option(names = "--verbose", description = "Show llama.cpp's log, and where an error came from")
  private boolean verbose;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    if (verbose) {
      NativeLog.show(err);
    }
    try {
      return quantize(spec.commandLine().getOut(), new ProgressLine(err));
    } catch (InvalidValueException e) {
      String message =
          e.field().equals("allowRequantize")
              ? source + " is quantized already: --requantize takes it, and loses more"
              : e.getMessage();
      throw new ParameterException(spec.commandLine(), message, e);
    }
  }

  private int quantize(PrintWriter out, ProgressLine progress) {
    try (Interruption interruption = new Interruption().install()) {
      QuantizeParams params =
          QuantizeParams.builder()
              .type(type)
              .threads(threads)
              .allowRequantize(requantize)
              .progressListener(
                  fraction -> {
                    progress.show(fraction);
                    return !interruption.requested();
                  })
              .build();
      try {
        Model.quantize(source, target, params);
      } catch (CancellationException e) {
        progress.clear();
        out.println("[Quantization stopped]");
        out.flush();
        return INTERRUPTED;
      } finally {
        progress.clear();
      }
      new QuantizedFiles(GgufFile.readAll(source), GgufFile.read(target), type).printTo(out);
      return ExitCode.OK;
    }
  }
}
