package dev.llamastream.cli;

import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.llamastream.CpuKernels;
import dev.llamastream.ModelLoadException;
import dev.llamastream.NativeLibraryException;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.gguf.ModelCheck;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code llamastream inspect}: prints the metadata of a model's files without loading the model.
 */
@Command(
    name = "inspect",
    description = "Prints what is in a GGUF file: metadata and tensors.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:It is there.", "1:It cannot be read.", "2:The arguments make no sense."})
final class InspectCommand implements Callable<Integer> {

  private static final JsonMapper JSON =
      JsonMapper.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Parameters(
      paramLabel = "<model>",
      description =
          "A file in GGUF format, of a model in several files the first; or a model's name, which"
              + " is downloaded on first use")
  private String model;

  @Mixin private StoreOptions store = new StoreOptions();

  @Option(names = "--json", description = "Print JSON, with all elements of all arrays")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    List<GgufFile> files = GgufFile.readAll(ChosenModel.named(model, store, err).file());
    String problem = problem(files);
    Optional<CpuKernels> kernels = problem.isEmpty() ? kernels(files) : Optional.empty();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JSON.writeValue(out, InspectedModel.tree(files, problem, kernels));
      out.println();
    } else {
      new InspectionTable(files, problem, kernels).printTo(out);
    }
    out.flush();
    return ExitCode.OK;
  }

  /** Nothing without the native library, which the rest of the command does not need. */
  private static Optional<CpuKernels> kernels(List<GgufFile> files) {
    try {
      return Optional.of(CpuKernels.of(files));
    } catch (NativeLibraryException e) {
      return Optional.empty();
    }
  }

  /** The reason why llama.cpp cannot load the model, or nothing. */
  private static String problem(List<GgufFile> files) {
    try {
      ModelCheck.check(files, false);
      return "";
    } catch (ModelLoadException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
