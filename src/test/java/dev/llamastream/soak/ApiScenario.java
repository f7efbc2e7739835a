package dev.llamastream.soak;

import dev.llamastream.Context;
import dev.llamastream.ContextCreationException;
import dev.llamastream.FinishReason;
import dev.llamastream.GenerationException;
import dev.llamastream.GenerationRequest;
import dev.llamastream.MeteredStream;
import dev.llamastream.Model;
import dev.llamastream.ModelLoadException;
import dev.llamastream.ModelParams;
import dev.llamastream.NativeAssertionException;
import dev.llamastream.NativeInfo;
import dev.llamastream.Prompt;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.SamplerParams;
import dev.llamastream.StateException;
import dev.llamastream.StreamStats;
import dev.llamastream.TokenStream;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.gguf.GgufFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;

/** Some calls in some order by a few threads, all told by a seed. */
final class ApiScenario {

  /** So many calls in a scenario. */
  static final int CALLS = 40;

  private static final List<Path> MODELS =
      List.of(
          TinyModel.defaultPath(),
          TinyModel.defaults().withText(TinyModel.Text.PRINTABLE).path(),
          TinyModel.defaults().withContextLength(300).withPieces("wo", "rd", "👩").path(),
          ScriptedModel.of("Hello", ",", " wor", "ld", "!").path(),
          ScriptedModel.ofBytes("é😀").repeat().path());

  private static final Set<Class<? extends RuntimeException>> NONE = Set.of();
  private static final Set<Class<? extends RuntimeException>> LOAD =
      Set.of(ModelLoadException.class, IllegalArgumentException.class);
  private static final Set<Class<? extends RuntimeException>> LOAD_ASYNC =
      Set.of(
          ModelLoadException.class,
          IllegalArgumentException.class,
          CancellationException.class,
          CompletionException.class);
  private static final Set<Class<? extends RuntimeException>> OPEN =
      Set.of(
          ContextCreationException.class,
          IllegalArgumentException.class,
          IllegalStateException.class);
  private static final Set<Class<? extends RuntimeException>> BEGIN =
      Set.of(
          PromptTooLongException.class,
          IllegalArgumentException.class,
          IllegalStateException.class);
  private static final Set<Class<? extends RuntimeException>> PULL =
      Set.of(GenerationException.class, IllegalStateException.class, NoSuchElementException.class);
  private static final Set<Class<? extends RuntimeException>> GENERATE =
      Set.of(
          GenerationException.class,
          PromptTooLongException.class,
          IllegalArgumentException.class,
          IllegalStateException.class);
  private static final Set<Class<? extends RuntimeException>> STATE =
      Set.of(StateException.class, IllegalStateException.class);
  private static final Set<Class<? extends RuntimeException>> USE =
      Set.of(IllegalStateException.class, IllegalArgumentException.class);
  private static final Set<Class<? extends RuntimeException>> NULL =
      Set.of(NullPointerException.class);

  private final long seed;
  private final BiConsumer<String, Throwable> outcomes;
  private final List<Model> models = Collections.synchronizedList(new ArrayList<>());
  private final List<Context> contexts = Collections.synchronizedList(new ArrayList<>());
  private final List<TokenStream> streams = Collections.synchronizedList(new ArrayList<>());
  private final List<byte[]> states = Collections.synchronizedList(new ArrayList<>());
  private final List<Path> files = Collections.synchronizedList(new ArrayList<>());
  private final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());

  /**
   * Prepares one.
   *
   * @param outcomes told of each call and what it threw, or null
   */
  ApiScenario(long seed, BiConsumer<String, Throwable> outcomes) {
    this.seed = seed;
    this.outcomes = outcomes;
  }

  /** Runs it to the end. */
  void run() throws InterruptedException {
    Random random = new Random(seed);
    // what most calls need
    Model first = Model.load(MODELS.get(random.nextInt(MODELS.size())));
    models.add(first);
    contexts.add(new Context(first, smallContext()));
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      Caller caller = new Caller(new Random(random.nextLong()), (CALLS + i) / count);
      threads.add(Thread.ofPlatform().unstarted(caller::run));
    }
    List.copyOf(threads).forEach(Thread::start);
    for (Thread thread : List.copyOf(threads)) {
      thread.join();
    }
    models.forEach(Model::close);
    for (TokenStream stream : streams) {
      if (stream.finishReason().isEmpty()) {
        System.out.println("failed a stream did not end with its model");
      }
    }
    files.forEach(ApiScenario::delete);
  }

  private static dev.llamastream.ContextParams smallContext() {
    return dev.llamastream.ContextParams.builder()
        .contextSize(256)
        .threads(1)
        .batchThreads(1)
        .build();
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One thread. */
  private final class Caller {
    private final Random random;
    private final Arbitrary any;
    private final int calls;
    private int made;

    Caller(Random random, int calls) {
      this.random = random;
      this.any = new Arbitrary(random);
      this.calls = calls;
    }

    void run() {
      while (made < calls) {
        call();
      }
    }

    @SuppressWarnings("CatchThrowable")
    private void call(String name, Set<Class<? extends RuntimeException>> documented, Call call) {
      Throwable thrown = null;
      try {
        call.run();
      } catch (Throwable e) {
        thrown = e;
      }
      made++;
      outcomes.accept(name, thrown);
      if (thrown != null && !isDocumented(thrown, documented)) {
        synchronized (System.out) {
          thrown.printStackTrace(System.out);
          System.out.println("failed " + name + " threw " + thrown);
        }
      }
    }

    private boolean isDocumented(
        Throwable thrown, Set<Class<? extends RuntimeException>> documented) {
      return !(thrown instanceof NativeAssertionException)
          && documented.stream().anyMatch(type -> type.isInstance(thrown));
    }

    /** One of them, the newest most of all. */
    private <T> Optional<T> pick(List<T> from) {
      synchronized (from) {
        if (from.isEmpty()) {
          return Optional.empty();
        }
        return Optional.of(any.once(2) ? from.getLast() : any.of(from));
      }
    }

    private void call() {
      switch (random.nextInt(100)) {
        case 0, 1 -> call("Model.load", LOAD, this::load);
        case 2 -> call("Model.load of no model", Set.of(ModelLoadException.class), this::loadNone);
        case 3 -> call("Model.loadAsync", LOAD_ASYNC, this::loadAsync);
        case 4 -> pick(models).ifPresent(m -> call("Model.close", NONE, () -> close(m)));
        case 5 -> pick(models).ifPresent(m -> call("Model.info", NONE, () -> describe(m)));
        case 6, 7, 8, 9 -> pick(models).ifPresent(m -> call("Tokenizer", USE, () -> tokenize(m)));
        case 10, 11, 12, 13 ->
            pick(models).ifPresent(m -> call("new Context", OPEN, () -> open(m)));
        case 14, 15 -> pick(contexts).ifPresent(c -> call("Context.close", NONE, () -> close(c)));
        case 16, 17 -> pick(contexts).ifPresent(c -> call("clearCache", STATE, c::clearCache));
        case 18 -> pick(contexts).ifPresent(c -> call("contextSize", NONE, c::contextSize));
        case 19, 20, 21 -> pick(contexts).ifPresent(c -> call("saveState", STATE, () -> save(c)));
        case 22, 23, 24 ->
            pick(contexts).ifPresent(c -> call("loadState", STATE, () -> restore(c)));
        case 25 ->
            pick(contexts).ifPresent(c -> call("loadState of none", STATE, () -> restoreNone(c)));
        case 26, 27 -> pick(contexts).ifPresent(c -> call("generate", GENERATE, () -> generate(c)));
        case 28 -> pick(contexts).ifPresent(c -> call("null", NULL, () -> passNull(c)));
        case 29 -> call("interrupt", NONE, () -> any.of(threads).interrupt());
        case 30 -> call("interrupted", NONE, Thread::interrupted);
        case 31 -> call("GgufFile.read", LOAD, () -> GgufFile.read(any.of(MODELS)));
        case 32 -> call("NativeInfo.load", NONE, NativeInfo::load);
        case 33, 34, 35, 36 -> pick(streams).ifPresent(s -> call("cancel", NONE, s::cancel));
        case 37, 38 -> pick(streams).ifPresent(s -> call("stream close", NONE, s::close));
        case 39, 40, 41 -> pick(streams).ifPresent(s -> call("stats", NONE, () -> look(s)));
        default -> {
          if (random.nextInt(3) == 0) {
            pick(contexts).ifPresent(c -> call("stream", BEGIN, () -> begin(c)));
          } else {
            pick(streams).ifPresent(s -> call("pull", PULL, () -> pull(s)));
          }
        }
      }
    }

    private void load() {
      models.add(Model.load(any.of(MODELS), any.modelParams()));
    }

    private void loadNone() throws IOException {
      Path file = Files.createTempFile("api-fuzz", ".gguf");
      files.add(file);
      Path other =
          switch (random.nextInt(3)) {
            case 0 -> Path.of("/");
            case 1 -> Path.of("no", "such", "file");
            default -> Files.write(file, any.bytes(10_000));
          };
      Model.load(other, ModelParams.defaults());
    }

    private void loadAsync() {
      CompletableFuture<Model> future = Model.loadAsync(any.of(MODELS), any.modelParams());
      if (any.once(2)) {
        LockSupport.parkNanos(random.nextInt(1_000_000));
        future.cancel(any.once(2));
      }
      models.add(future.join());
    }

    /** What is closed is seldom used again, so that there is something to use. */
    private void close(Model model) {
      model.close();
      if (models.size() > 1 && !any.once(4)) {
        models.remove(model);
      }
    }

    private void close(Context context) {
      context.close();
      if (!any.once(4)) {
        contexts.remove(context);
      }
    }

    private void describe(Model model) {
      expect(model.info().parameters() > 0, "no parameters");
      expect(!model.metadata().isEmpty(), "no metadata");
    }

    private void tokenize(Model model) {
      if (any.once(3)) {
        model.tokenizer().decode(any.tokens());
      } else {
        model.tokenizer().encode(any.text(), random.nextBoolean(), random.nextBoolean());
      }
    }

    private void open(Model model) {
      Context context = new Context(model, any.once(2) ? smallContext() : any.contextParams());
      contexts.add(context);
      expect(context.contextSize() > 0, "no room");
    }

    private void save(Context context) throws IOException {
      if (any.once(3)) {
        Path file = Files.createTempFile("api-fuzz", ".state");
        files.add(file);
        context.saveState(file);
      } else {
        states.add(context.saveState());
      }
    }

    private void restore(Context context) {
      Optional<byte[]> state = pick(states);
      if (state.isPresent() && any.once(2)) {
        byte[] bytes = state.get().clone();
        if (any.once(2)) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        context.loadState(bytes);
      } else {
        pick(files).ifPresent(context::loadState);
      }
    }

    private void restoreNone(Context context) {
      context.loadState(any.bytes(2_000));
    }

    private void generate(Context context) {
      if (any.once(2)) {
        context.generate(any.text(), any.integer(1, 20), any.sampler());
      } else {
        context.generate(any.request());
      }
    }

    private void passNull(Context context) throws Exception {
      Call call =
          any.of(
              List.<Call>of(
                  () -> Model.load(null),
                  () -> Model.load(MODELS.getFirst(), null),
                  () -> Model.loadAsync(null, ModelParams.defaults()).join(),
                  () -> new Context(null, smallContext()),
                  () -> context.generateStream((String) null),
                  () -> context.generateStream((GenerationRequest) null),
                  () -> context.generateStream("a", 1, null),
                  () -> context.loadState((byte[]) null),
                  () -> context.loadState((Path) null),
                  () -> context.saveState(null),
                  () -> models.getFirst().tokenizer().encode(null),
                  () -> models.getFirst().tokenizer().decode(null),
                  () -> new Prompt.Text(null),
                  () -> SamplerParams.builder().grammar(null).build(),
                  () -> SamplerParams.builder().logitBias(null).build()));
      call.run();
    }

    private void begin(Context context) {
      streams.add(
          switch (random.nextInt(4)) {
            case 0 -> context.generateStream(any.text());
            case 1 -> context.streamWithStats(any.text(), any.integer(1, 50));
            case 2 -> context.generateStream(any.text(), any.integer(1, 50), any.sampler());
            default -> context.streamWithStats(any.request());
          });
    }

    private void pull(TokenStream stream) {
      for (int i = random.nextInt(6); i >= 0; i--) {
        switch (random.nextInt(4)) {
          case 0 -> expect(!stream.next().isEmpty(), "an empty piece");
          case 1 -> {
            if (stream.tokens().next().last()) {
              expect(stream.finishReason().isPresent(), "last token without a reason");
            }
          }
          case 2 -> {
            var _ = stream.tokens().hasNext();
          }
          default -> {
            if (!stream.hasNext()) {
              expect(stream.finishReason().isPresent(), "ended without a reason");
              return;
            }
          }
        }
      }
    }

    private void look(TokenStream stream) {
      Optional<FinishReason> reason = stream.finishReason();
      if (stream instanceof MeteredStream metered) {
        StreamStats stats = metered.stats();
        expect(reason.isEmpty() || stats.finishReason().equals(reason), "another reason in stats");
        expect(stats.toString().startsWith("--- Stats ---"), "no stats");
      }
    }

    private void expect(boolean holds, String otherwise) {
      if (!holds) {
        System.out.println("failed " + otherwise);
      }
    }
  }

  /** A call of the API. */
  private interface Call {
    void run() throws Exception;
  }
}
