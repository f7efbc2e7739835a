package dev.llamastream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
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

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  private Main() {}

  /** Runs the command, then exits with its status. */
  public static void main(String... args) {
    CommandLine command =
        commandLine(
            StandardInput.open(),
            new FileOutputStream(FileDescriptor.out),
            new FileOutputStream(FileDescriptor.err));
    System.exit(command.execute(args));
  }

  /** Uses UTF-8 for input and output, whatever the locale. */
  static CommandLine commandLine(InputStream in, OutputStream out, OutputStream err) {
    NativeLog.hide();
    return new CommandLine(new Main())
        .addSubcommand(new RunCommand(in))
        .addSubcommand(new ChatCommand(in))
        .addSubcommand(new ServeCommand())
        .addSubcommand(new InspectCommand())
        .addSubcommand(new QuantizeCommand())
        // a prompt may start with an @
        .setExpandAtFiles(false)
        .setOut(new PrintWriter(new OutputStreamWriter(out, UTF_8)))
        .setErr(new PrintWriter(new OutputStreamWriter(err, UTF_8), true))
        .setParameterExceptionHandler(Errors::usage)
        .setExecutionExceptionHandler(Errors::failure);
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }
}
