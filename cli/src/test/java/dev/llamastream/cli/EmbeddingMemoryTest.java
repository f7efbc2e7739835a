package dev.llamastream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.TinyEncoder;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.gguf.GgufArray;
import dev.llamastream.gguf.GgufFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class EmbeddingMemoryTest {

  private static long of(Path file) {
    return EmbeddingMemory.of(GgufFile.readAll(file));
  }

  @Test
  void countsNoMoreTokensThanAnEmbedderTakes() {
    long most = of(TinyModel.defaults().withContextLength(2048).path());

    assertThat(of(TinyModel.defaults().withContextLength(8192).path())).isEqualTo(most);
    assertThat(of(TinyModel.defaults().withContextLength(256).path())).isBetween(1L, most - 1);
  }

  @Test
  void countsWhatEachTokenPutsOut() {
    Path file = new TinyEncoder(1024, 1).path();
    List<GgufFile> files = GgufFile.readAll(file);
    var tokens = (GgufArray) files.getFirst().metadata().get("tokenizer.ggml.tokens");

    assertThat(of(file)).isGreaterThan(1024L * tokens.size() * Float.BYTES);
  }
}
