package dev.llamastream.cli;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.LlamaException;
import dev.llamastream.MeteredStream;
import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.ExitCode;

/** Runs one generation and prints the text as it arrives. */
record ConsoleRun(
    Path model,
    ModelParams modelParams,
    ContextParams contextParams,
    GenerationRequest request,
    boolean stats,
    Interruption interruption) {

  private static final int INTERRUPTED = 128 + 2;
  static final int BROKEN_PIPE = 128 + 13;

  /** Generates and prints. Returns the exit status. */
  int printTo(PrintWriter out) {
    try (Interruption _ = interruption.install()) {
      return generate(out);
    }
  }

  private int generate(PrintWriter out) {
    try (Model loaded = Model.load(model, modelParams);
        Context context = new Context(loaded, contextParams);
        MeteredStream stream = context.streamWithStats(request)) {
      interruption.cancels(stream::cancel);
      return print(stream, out);
    } catch (LlamaException e) {
      if (!interruption.requested()) {
        throw e;
      }
      // cancelled while the model was loading
      return end(out, "[Generation cancelled]", INTERRUPTED);
    }
  }

  private int print(MeteredStream stream, PrintWriter out) {
    while (stream.hasNext()) {
      out.print(stream.next());
      // also flushes
      if (out.checkError()) {
        return BROKEN_PIPE;
      }
    }
    out.println();
    int status =
        switch (stream.finishReason().orElseThrow()) {
          case CANCELLED -> end(out, "[Generation cancelled]", INTERRUPTED);
          case TIMEOUT -> end(out, "[Time is up]", ExitCode.OK);
          case CONTEXT_FULL -> end(out, "[The context is full]", ExitCode.OK);
          default -> ExitCode.OK;
        };
    if (stats) {
      out.printf(Locale.ROOT, "%n%s%n", stream.stats());
    }
    return out.checkError() ? BROKEN_PIPE : status;
  }

  private static int end(PrintWriter out, String remark, int status) {
    out.println(remark);
    out.flush();
    return status;
  }
}
