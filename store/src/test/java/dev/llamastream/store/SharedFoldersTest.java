package dev.llamastream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other programs' files in the folders that the store shares with them. */
class SharedFoldersTest {

  private static final String COMMIT = "ab810cf68114990406fdf996510dd3d3c6adbdf5";

  @TempDir Path home;

  private void put(String path) throws IOException {
    Path file = home.resolve(path);
    Files.createDirectories(file.getParent());
    Files.copy(TinyModel.defaultPath(), file);
  }

  @Test
  void whatHasNoNameDoesNotHideTheRest() throws IOException {
    String cache = ".cache/huggingface/hub/";
    put(cache + "models--o--r/snapshots/" + COMMIT + "/model-Q8_0.gguf");
    put(cache + "models--o--r/snapshots/" + COMMIT + "/modèle-Q4_K_M.gguf");
    put(cache + "models--o--r--x/snapshots/" + COMMIT + "/model.gguf");
    put(cache + "models--o--r x/snapshots/" + COMMIT + "/model.gguf");
    put(cache + "models--gpt2/snapshots/" + COMMIT + "/model.gguf");
    put(".ollama/models/manifests/registry.ollama.ai/library/a name/latest");

    ModelStore store = ModelStore.open(StoreParams.fromEnvironment(Map.of(), home));

    assertThat(store.list())
        .singleElement()
        .satisfies(
            model -> assertThat(model.name()).hasToString("hf:o/r:model-Q8_0.gguf@" + COMMIT));
    assertThat(store.find("hf:o/r@" + COMMIT)).isPresent();
  }
}
