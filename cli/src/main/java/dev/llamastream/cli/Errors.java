package dev.llamastream.cli;

import dev.llamastream.InvalidValueException;
import dev.llamastream.LlamaException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Reports errors, each on one line. A class instead of two lambdas: an ahead-of-time cache holds no
 * lambda of picocli's interfaces.
 */
final class Errors implements IParameterExceptionHandler, IExecutionExceptionHandler {

  /** Reports invalid arguments and returns the exit status. */
  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("error: " + e.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(e, err)) {
      err.printf(Locale.ROOT, "See '%s --help'.%n", command.getCommandSpec().qualifiedName());
    }
    return ExitCode.USAGE;
  }

  /** Reports any other failure and returns the exit status. */
  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    if (e instanceof InvalidValueException) {
      return handleParseException(
          new ParameterException(command, e.getMessage(), e), new String[0]);
    }
    PrintWriter err = command.getErr();
    boolean foreseen = e instanceof LlamaException || e instanceof IOException;
    err.println("error: " + (foreseen ? e.getMessage() : e));
    if (command.getParseResult().hasMatchedOption("--verbose")) {
      e.printStackTrace(err);
    }
    return ExitCode.SOFTWARE;
  }
}
