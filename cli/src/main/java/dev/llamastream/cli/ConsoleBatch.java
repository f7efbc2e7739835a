package dev.llamastream.cli;

import dev.llamastream.ContextCreationException;
import dev.llamastream.Embedder;
import dev.llamastream.LlamaException;
import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.Reranker;
import dev.llamastream.cli.batch.BatchFiles;
import dev.llamastream.cli.batch.BatchParams;
import dev.llamastream.cli.batch.BatchRun;
import dev.llamastream.cli.batch.ClosedOutputException;
import dev.llamastream.cli.batch.Tally;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.server.LocalApi;
import dev.llamastream.server.RequestDefaults;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.ExitCode;

/** Runs a batch and tells on standard error how it goes. */
record ConsoleBatch(
    BatchFiles files, BatchParams params, PrintWriter err, Interruption interruption) {

  private static final int SOME_FAILED = 3;
  private static final int INTERRUPTED = 128 + 2;
  private static final int BROKEN_PIPE = 128 + 13;

  /**
   * What answers the lines.
   *
   * @param defaults the values of fields that a line leaves out
   */
  record Choice(ChosenModel model, RequestDefaults defaults) {}

  /** Chooses the model, which may download it. */
  interface ModelChoice {
    Choice get() throws IOException, InterruptedException;
  }

  /** Does what is left to do. Returns the exit status. */
  int run(ModelChoice model, ModelParams modelParams, EngineParams engineParams)
      throws IOException, InterruptedException {
    Tally tally = files.tally();
    try {
      if (!tally.complete()) {
        Choice choice = model.get();
        try (Model loaded = Model.load(choice.model.file(), modelParams)) {
          run(loaded, choice, engineParams.toBuilder().listener(tally).build(), tally);
        }
      }
    } catch (ClosedOutputException e) {
      return BROKEN_PIPE;
    } catch (LlamaException e) {
      if (!interruption.requested()) {
        throw e;
      }
      // cancelled while the model was loading
    }
    if (interruption.requested()) {
      String next = files.canContinue() ? "; the same command continues" : "";
      err.println("[Stopped: " + tally.summary() + next + "]");
      return INTERRUPTED;
    }
    err.println(tally.summary());
    return tally.failed() == 0 ? ExitCode.OK : SOME_FAILED;
  }

  private void run(Model model, Choice choice, EngineParams engineParams, Tally tally)
      throws IOException, InterruptedException {
    String name = choice.model.name();
    if (params.embed()) {
      requireTextModel(model);
      try (LocalApi api = LocalApi.embeddings(model, name)) {
        run(new BatchRun(files, api, () -> false, params, tally), tally);
      }
      return;
    }
    try (Engine engine = engine(model, engineParams);
        LocalApi api = LocalApi.open(engine, model, name, choice.defaults)) {
      run(new BatchRun(files, api, engine::isClosed, params, tally), tally);
    }
  }

  /** A model that can neither embed nor rank would fail every line. */
  private static void requireTextModel(Model model) {
    try {
      Embedder.open(model).close();
    } catch (ContextCreationException cannotEmbed) {
      try {
        Reranker.open(model).close();
      } catch (ContextCreationException e) {
        throw cannotEmbed;
      }
    }
  }

  private static Engine engine(Model model, EngineParams params) {
    try {
      return Engine.open(model, params);
    } catch (ContextCreationException e) {
      throw new ContextCreationException(e.getMessage() + " (--embed computes embeddings)", e);
    }
  }

  private void run(BatchRun run, Tally tally) throws IOException, InterruptedException {
    interruption.cancels(run::stop);
    try (ProgressReport _ = new ProgressReport(err, tally::progress)) {
      run.run();
    }
  }
}
