package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.ChildJvm;
import dev.llamastream.internal.natives.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A JVM that ends while native code computes ends as it was told to, and says nothing. */
@Timeout(600)
class ExitTest {

  /** What goes on when the JVM ends. */
  enum Work {
    DECODE,
    PREFILL,
    ENGINE,
    EMBEDDING,
    TOKENIZING,
    LOADING
  }

  /** How it ends. */
  enum End {
    RETURN(0),
    EXIT(1),
    HALT(1),
    SIGNAL(System.getProperty("os.name").startsWith("Windows") ? 1 : 143);

    private final int status;

    End(int status) {
      this.status = status;
    }
  }

  @ParameterizedTest
  @EnumSource
  void whateverIsComputed(Work work) throws Exception {
    assertEnds(work, End.EXIT, 0);
  }

  @ParameterizedTest
  @EnumSource
  void howeverItEnds(End end) throws Exception {
    assertEnds(Work.PREFILL, end, 0);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("soak")
  void atAnyMoment(Work work) throws Exception {
    for (int i = 0; i < 50; i++) {
      assertEnds(work, End.values()[i % End.values().length], i * 7);
    }
  }

  private static void assertEnds(Work work, End end, int delayMillis) throws Exception {
    Process process =
        ChildJvm.start(
            Program.class,
            ChildJvm.classes(NativeLibrary.class),
            List.of(),
            List.of(
                "--enable-native-access=ALL-UNNAMED",
                ChildJvm.sameLibraries(),
                "-XX:+ErrorFileToStdout",
                "-Dllamastream.test.model=" + System.getProperty("llamastream.test.model")),
            work.name(),
            end.name(),
            Integer.toString(delayMillis));
    try {
      StringBuilder output = new StringBuilder();
      for (int c; (c = process.getInputStream().read()) >= 0; ) {
        output.append((char) c);
        if (end == End.SIGNAL && output.toString().equals("now\n")) {
          process.toHandle().destroy(); // the process itself would close its output
        }
      }
      assertThat(output).as("%s %s", work, end).hasToString("now\n");
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).as("%s %s", work, end).isEqualTo(end.status);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Begins the work on a daemon thread, and ends. */
  static final class Program {

    private static final CountDownLatch COMPUTING = new CountDownLatch(1);

    /** One that nobody can reach would be warned of. */
    private static final List<Model> REACHABLE = new ArrayList<>();

    /** A load may say that other weights would be faster on this processor. */
    private static final Logger LOGGER = Logger.getLogger("dev.llamastream.native");

    private static final String LONG_TEXT = " word".repeat(2000);

    private Program() {}

    public static void main(String[] args) throws Exception {
      LOGGER.setLevel(Level.WARNING);
      End end = End.valueOf(args[1]);
      if (end.status == 1) {
        sleepAtExit();
      }
      Work work = Work.valueOf(args[0]);
      Runnable computation = begin(work);
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                COMPUTING.countDown();
                computation.run();
              });
      COMPUTING.await();
      Thread.sleep(50 + Integer.parseInt(args[2]));
      System.out.print("now\n");
      System.out.flush();
      switch (end) {
        case RETURN -> {}
        case EXIT -> System.exit(1);
        case HALT -> Runtime.getRuntime().halt(1);
        case SIGNAL -> Thread.sleep(60_000);
      }
    }

    /**
     * After what was registered later, the destruction of all static objects of libllama, the
     * process goes on for a second, its exit status, so that what still runs is seen.
     */
    private static void sleepAtExit() throws Exception {
      Linker linker = Linker.nativeLinker();
      MemorySegment onExit = linker.defaultLookup().find("on_exit").orElse(MemorySegment.NULL);
      if (!onExit.equals(MemorySegment.NULL)) {
        MemorySegment sleep = linker.defaultLookup().findOrThrow("sleep");
        MethodHandle register =
            linker.downcallHandle(
                onExit,
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        try {
          int _ = (int) register.invokeExact(sleep, MemorySegment.NULL);
        } catch (Throwable e) {
          throw new AssertionError(e);
        }
      }
    }

    private static Runnable begin(Work work) {
      // a step of it takes longer than the JVM waits for native code
      Path path = Path.of(System.getProperty("llamastream.test.model"));
      Model model = Model.load(path);
      REACHABLE.add(model);
      ContextParams params =
          ContextParams.builder().contextSize(8192).threads(2).batchThreads(2).build();
      return switch (work) {
        case DECODE -> {
          Context context = new Context(model, params);
          yield () -> {
            while (true) {
              context.generate("a", 2000);
            }
          };
        }
        case PREFILL -> {
          Context context = new Context(model, params);
          GenerationRequest request =
              GenerationRequest.builder(LONG_TEXT).maxTokens(1).reusePrefix(false).build();
          yield () -> {
            while (true) {
              context.generate(request);
            }
          };
        }
        case ENGINE -> {
          Engine engine =
              Engine.open(
                  model,
                  EngineParams.builder()
                      .slots(4)
                      .context(ContextParams.builder().contextSize(8192).build())
                      .build());
          List<GenerationRequest> requests = new ArrayList<>();
          for (int i = 0; i < 1000; i++) {
            requests.add(GenerationRequest.builder(LONG_TEXT + i).maxTokens(1000).build());
          }
          yield () -> engine.generateAll(requests);
        }
        case EMBEDDING -> {
          Embedder embedder = Embedder.open(model);
          yield () -> {
            while (true) {
              embedder.embed(LONG_TEXT);
            }
          };
        }
        case TOKENIZING -> {
          String text = "<".repeat(1_000_000);
          yield () -> {
            while (true) {
              model.tokenizer().encode(text);
            }
          };
        }
        case LOADING ->
            () -> {
              while (true) {
                Model.load(path).close();
              }
            };
      };
    }
  }
}
