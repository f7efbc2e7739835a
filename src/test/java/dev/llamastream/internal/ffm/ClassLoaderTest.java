package dev.llamastream.internal.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.Embedder;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.ChildJvm;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.internal.natives.NativeLibrary;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Applications that come and go in one JVM, each with a class loader of its own. */
@Timeout(600)
class ClassLoaderTest {

  private static final int TIMES = 20;

  @TempDir private Path directory;

  @Test
  void worksInManyClassLoadersAndKeepsNone() throws Exception {
    ChildJvm child =
        ChildJvm.run(
            Program.class,
            List.of(),
            List.of(
                "--enable-native-access=ALL-UNNAMED",
                ChildJvm.sameLibraries(),
                "-Xmx128m",
                // what was never closed is warned of
                "-Djava.util.logging.config.file=" + Files.createFile(directory.resolve("empty"))),
            TinyModel.defaultPath().toString());
    assertThat(child.output()).isEqualTo("all are gone\n");
    assertThat(child.exitCode()).isZero();
  }

  /** Runs the application in new class loaders, and waits until the garbage collector has them. */
  static final class Program {

    private Program() {}

    public static void main(String[] args) throws Exception {
      List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
      for (int i = 0; i < TIMES; i++) {
        loaders.add(use(args[0]));
      }
      for (int i = 0; i < 300 && loaders.stream().anyMatch(loader -> !loader.refersTo(null)); i++) {
        System.gc();
        Thread.sleep(100);
      }
      long left = loaders.stream().filter(loader -> !loader.refersTo(null)).count();
      System.out.print(left == 0 ? "all are gone\n" : left + " class loaders are left\n");
    }

    private static WeakReference<ClassLoader> use(String model) throws Exception {
      URL[] classPath = {
        ChildJvm.classes(NativeLibrary.class).toUri().toURL(),
        ChildJvm.classes(ChildJvm.class).toUri().toURL()
      };
      ClassLoader before = Thread.currentThread().getContextClassLoader();
      try (URLClassLoader loader =
          new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
        // as a container does it
        Thread.currentThread().setContextClassLoader(loader);
        loader
            .loadClass(Application.class.getName())
            .getMethod("main", String[].class)
            .invoke(null, (Object) new String[] {model});
        return new WeakReference<>(loader);
      } finally {
        Thread.currentThread().setContextClassLoader(before);
      }
    }
  }

  /** Uses all that has threads, cleaners and native memory; the last stream is never closed. */
  public static final class Application {

    private Application() {}

    public static void main(String[] args) throws Exception {
      try (Model model = Model.load(Path.of(args[0]))) {
        try (Context context =
            new Context(model, ContextParams.builder().contextSize(256).build())) {
          context.generate("a", 4);
          Context forgotten = new Context(model, ContextParams.builder().contextSize(256).build());
          forgotten.generateStream("b", 4).next();
        }
        try (Engine engine =
            Engine.open(
                model,
                EngineParams.builder()
                    .slots(2)
                    .context(ContextParams.builder().contextSize(512).build())
                    .build())) {
          engine.generate("a", 4);
          engine.generateStream(GenerationRequest.builder("b").maxTokens(100).build()).next();
          engine.generate(
              GenerationRequest.builder("d").maxTokens(4).timeout(Duration.ofDays(1)).build());
          engine.generateAsync(GenerationRequest.builder("c").maxTokens(4).build()).get();
        }
        try (Embedder embedder = Embedder.open(model)) {
          embedder.embed("a".repeat(1000));
        }
      }
    }
  }
}
