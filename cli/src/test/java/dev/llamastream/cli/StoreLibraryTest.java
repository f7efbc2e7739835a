package dev.llamastream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.InvalidValueException;
import dev.llamastream.fixture.ServedModel;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.server.spi.ModelLibrary;
import dev.llamastream.store.ModelStore;
import dev.llamastream.store.ModelStoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pulling and deleting for clients of the server. */
class StoreLibraryTest {

  private static final Path MODEL = TinyModel.defaults().gguf().writeShared("library");

  private final StoreLibrary library = new StoreLibrary(new StoreOptions().store());

  /** Notes how far a pull is, and stops it at once if it should. */
  private record Noted(List<Long> done, boolean goesOn) implements ModelLibrary.Listener {
    @Override
    public boolean onProgress(long doneBytes, long totalBytes) {
      assertThat(totalBytes).isEqualTo(MODEL.toFile().length());
      done.add(doneBytes);
      return goesOn;
    }

    @Override
    public void onWait(String reason) {}
  }

  @Test
  void pullsAndDeletes() throws IOException {
    try (ServedModel served = new ServedModel(MODEL)) {
      Noted noted = new Noted(new ArrayList<>(), true);
      library.pull(served.name(), noted);
      assertThat(noted.done().getLast()).isEqualTo(MODEL.toFile().length());
      assertThat(library.store().find(served.name())).isPresent();
      assertThat(library.delete(served.name())).isTrue();
      assertThat(library.store().find(served.name())).isEmpty();
      assertThat(library.delete(served.name())).isFalse();
    }
  }

  @Test
  void stopsAPull() throws IOException {
    try (ServedModel served = new ServedModel(MODEL)) {
      Noted noted = new Noted(new ArrayList<>(), false);
      assertThatThrownBy(() -> library.pull(served.name(), noted)).isInstanceOf(IOException.class);
      assertThat(noted.done()).hasSize(1);
      assertThat(library.delete(served.name())).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "llama3.2:1b, hf:",
    "llama3.2:latest, hf:",
    "LLAMA3.2, hf:",
    "nowhere, ollama:nowhere:latest",
    "nowhere:7b, ollama:nowhere:7b",
    "someone/nowhere, ollama:someone/nowhere:latest",
    "hf.co/owner/nowhere, hf:owner/nowhere",
  })
  void knowsModelsByTheirNames(String name, String exact) {
    StoreLibrary offline =
        new StoreLibrary(ModelStore.open(new StoreOptions().params().offline(true).build()));
    assertThatThrownBy(() -> offline.pull(name, new Noted(new ArrayList<>(), true)))
        .isInstanceOf(IOException.class)
        .hasCauseInstanceOf(ModelStoreException.class)
        .hasMessageStartingWith(exact)
        .hasMessageContaining("offline");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "../model.gguf", "./x", "~/x", "", "a b", "model\0"})
  void refusesPaths(String name) {
    assertThatThrownBy(() -> library.pull(name, new Noted(new ArrayList<>(), true)))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith("name");
    assertThatThrownBy(() -> library.delete(name)).isInstanceOf(InvalidValueException.class);
  }

  @Test
  void serveAllowsItIfAsked() throws Exception {
    try (ServedModel there = new ServedModel(MODEL);
        ServeProcess served = ServeProcess.start(Cli.MODEL, "-c", "256", "--allow-pull")) {
      String pulled = served.post("/api/pull", "{\"model\": \"" + there.name() + "\"}");
      assertThat(pulled)
          .startsWith("{\"status\":\"pulling manifest\"}\n")
          .endsWith("{\"status\":\"success\"}\n");
      assertThat(library.delete(there.name())).isTrue();
    }
  }

  @Test
  void serveRefusesItOtherwise() throws Exception {
    try (ServeProcess served = ServeProcess.start(Cli.MODEL, "-c", "256")) {
      assertThat(served.post("/api/pull", "{\"model\": \"llama3.2\"}")).contains("--allow-pull");
    }
  }
}
