package dev.llamastream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.NativeInfo;
import dev.llamastream.NativeLibraryException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code llamastream} command, which only dispatches to its subcommands. */
@Command(
    name = "llamastream",
    description = "Streams text from a local language model.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "@|bold llamastream run --help|@ shows the options of a generation."})
public final class Main implements Callable<Integer> {

  private static final Set<String> USE_THE_LIBRARY = Set.of("run", "chat", "serve", "batch");

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  private Main() {}

  /** Runs the command, then exits with its status. */
  public static void main(String... args) {
    if (args.length > 0
        && USE_THE_LIBRARY.contains(args[0])
        && !List.of(args).contains("--verbose")) {
      NativeLog.hide();
      Thread.ofPlatform().daemon().name("load").start(Main::loadLibrary);
    }
    System.exit(
        execute(
            StandardInput.open(),
            new FileOutputStream(FileDescriptor.out),
            new FileOutputStream(FileDescriptor.err),
            args));
  }

  /** Loads the library while this thread reads the arguments and the model's header. */
  private static void loadLibrary() {
    try {
      NativeInfo.load();
    } catch (NativeLibraryException e) {
      // the command meets it too, and reports it
    }
  }

  /** Uses UTF-8 for input and output, whatever the locale. Returns the exit status. */
  static int execute(InputStream in, OutputStream out, OutputStream err, String... args) {
    NativeLog.hide();
    CommandLine line = new CommandLine(new Main());
    subcommands(args.length == 0 ? "" : args[0], in).forEach(line::addSubcommand);
    Errors errors = new Errors();
    int status =
        line
            // a prompt may start with an @
            .setExpandAtFiles(false)
            .setOut(new PrintWriter(new OutputStreamWriter(out, UTF_8)))
            .setErr(new PrintWriter(new OutputStreamWriter(err, UTF_8), true))
            .setParameterExceptionHandler(errors)
            .setExecutionExceptionHandler(errors)
            .execute(args);
    // a list that was cut, on a full disk for instance, must not look whole
    return status == ExitCode.OK && line.getOut().checkError() ? ConsoleRun.BROKEN_PIPE : status;
  }

  /** The one of this name, or all if there is none: picocli takes milliseconds for each. */
  private static List<Object> subcommands(String name, InputStream in) {
    return switch (name) {
      case "run" -> List.of(new RunCommand(in));
      case "chat" -> List.of(new ChatCommand(in));
      case "serve" -> List.of(new ServeCommand());
      case "batch" -> List.of(new BatchCommand(in));
      case "inspect" -> List.of(new InspectCommand());
      case "quantize" -> List.of(new QuantizeCommand());
      case "rehearse" -> List.of(new RehearseCommand());
      case "pull" -> List.of(new PullCommand());
      case "list", "ls" -> List.of(new ListCommand());
      case "show" -> List.of(new ShowCommand());
      case "rm" -> List.of(new RemoveCommand());
      case "prune" -> List.of(new PruneCommand());
      case "path" -> List.of(new PathCommand());
      case "aliases" -> List.of(new AliasesCommand());
      default ->
          List.of(
              new RunCommand(in),
              new ChatCommand(in),
              new ServeCommand(),
              new BatchCommand(in),
              new PullCommand(),
              new ListCommand(),
              new ShowCommand(),
              new RemoveCommand(),
              new PruneCommand(),
              new PathCommand(),
              new AliasesCommand(),
              new InspectCommand(),
              new QuantizeCommand());
    };
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }
}
