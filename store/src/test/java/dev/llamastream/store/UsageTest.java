package dev.llamastream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a model was last used. */
class UsageTest {

  @TempDir Path home;
  private StoreParams params;
  private Path file;

  @BeforeEach
  void copy() throws IOException {
    params = StoreParams.fromEnvironment(Map.of(), home);
    file = Files.copy(TinyModel.defaultPath(), home.resolve("model.gguf"));
  }

  private Optional<Instant> lastUsed() {
    return ModelStore.open(params).find(file.toString()).orElseThrow().lastUsed();
  }

  @Test
  void findingIsNoUse() {
    assertThat(lastUsed()).isEmpty();
    assertThat(lastUsed()).isEmpty();
  }

  @Test
  void gettingIs() {
    ModelStore.open(params).get(file.toString(), PullListener.logging());
    assertThat(lastUsed()).isPresent();
  }

  @Test
  void callersNoteWhatTheyFoundThemselves() {
    ModelStore.noteUse(params, file);
    assertThat(lastUsed()).isPresent();
  }

  @Test
  void aFolderThatCannotBeWrittenIsNoError() throws IOException {
    Path taken = Files.writeString(home.resolve("taken"), "a file");
    ModelStore.noteUse(params.toBuilder().folder(taken).build(), file);
    assertThat(lastUsed()).isEmpty();
  }
}
