package dev.llamastream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.store.internal.http.FakePause;
import dev.llamastream.store.internal.http.Fault;
import dev.llamastream.store.internal.http.FaultyServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Seeded faults in whole pulls, as {@code FaultScheduleTest} has them in single downloads: in lists
 * of files, manifests and redirects too.
 */
class StoreFaultsTest {

  private static final int SCHEDULES = 200;
  private static final byte[] FIRST = Store.gguf("first", 9);
  private static final byte[] SECOND = Store.gguf("second", 7);

  private static final Map<String, List<byte[]>> MODELS =
      Map.of("hf:owner/name:Q8_0", List.of(FIRST, SECOND), "ollama:tiny:1b", List.of(FIRST));

  @TempDir private Path folder;

  @Test
  void aModelIsWholeAndRightOrAbsent() throws IOException {
    for (int seed = 0; seed < SCHEDULES; seed++) {
      Path home = Files.createDirectories(folder.resolve("home" + seed));
      try (FaultyServer server = new FaultyServer()) {
        new FakeHub(server, "owner/name")
            .file("m-Q8_0-00001-of-00002.gguf", FIRST)
            .file("m-Q8_0-00002-of-00002.gguf", SECOND);
        new FakeOllama(server, "library/tiny")
            .layer("model", FIRST)
            .layer("params", "{\"seed\": 7}")
            .tag("1b");
        tryAll(seed, home, server);
      }
      remove(home);
    }
  }

  private static void tryAll(int seed, Path home, FaultyServer server) {
    Random random = new Random(seed);
    server.schedule(request -> fault(random));
    ModelStore store = ModelStore.open(Store.params(home, server), new FakePause());
    MODELS.forEach(
        (name, files) -> {
          for (int i = 0; i < 3; i++) {
            try {
              store.pull(name, PullListener.NONE);
            } catch (ModelStoreException e) {
              // the next one goes on
            }
            isWholeOrAbsent(seed, store, name, files);
          }
        });
    server.schedule(request -> Fault.NONE);
    MODELS.forEach(
        (name, files) -> {
          store.pull(name, PullListener.NONE);
          assertThat(store.find(name)).as("seed %d: %s", seed, name).isPresent();
          isWholeOrAbsent(seed, store, name, files);
        });
    store.prune();
    MODELS.keySet().forEach(store::remove);
    assertThat(Store.files(home))
        .as("seed %d: what is left", seed)
        .allMatch(f -> f.endsWith("refs/main"));
  }

  private static Fault fault(Random random) {
    synchronized (random) {
      // a stall takes as long as a user would wait
      List<Fault.Kind> kinds =
          Stream.of(Fault.Kind.values()).filter(kind -> kind != Fault.Kind.STALL).toList();
      if (random.nextInt(3) > 0) {
        return Fault.NONE;
      }
      Fault.Kind kind = kinds.get(random.nextInt(kinds.size()));
      return Fault.of(kind, random.nextInt(kind == Fault.Kind.SLOW ? 4 : 8000));
    }
  }

  private static void isWholeOrAbsent(int seed, ModelStore store, String name, List<byte[]> files) {
    store
        .find(name)
        .ifPresent(
            model -> {
              assertThat(model.files()).as("seed %d: %s", seed, name).hasSameSizeAs(files);
              for (int i = 0; i < files.size(); i++) {
                assertThat(model.files().get(i))
                    .as("seed %d: %s", seed, name)
                    .hasBinaryContent(files.get(i));
              }
            });
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
