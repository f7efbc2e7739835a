package dev.llamastream.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.InvalidValueException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreParamsTest {

  @TempDir Path home;

  private StoreParams params(String... pairs) {
    Map<String, String> environment = new java.util.HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      environment.put(pairs[i], pairs[i + 1]);
    }
    return StoreParams.fromEnvironment(environment, home);
  }

  @Test
  void defaultsAreThoseOfTheOtherPrograms() {
    StoreParams params = params();

    assertThat(params.huggingFaceCache()).isEqualTo(home.resolve(".cache/huggingface/hub"));
    assertThat(params.ollamaFolder()).isEqualTo(home.resolve(".ollama/models"));
    assertThat(params.folder()).isEqualTo(home.resolve(".local/share/llamastream"));
    assertThat(params.aliasFile()).isEqualTo(home.resolve(".config/llamastream/aliases.toml"));
    assertThat(params.huggingFaceEndpoint()).isEqualTo(URI.create("https://huggingface.co"));
    assertThat(params.huggingFaceToken()).isEmpty();
    assertThat(params.offline()).isFalse();
  }

  @Test
  void variablesOfHuggingFacesClientCount() {
    assertThat(params("HF_HOME", "/a").huggingFaceCache()).isEqualTo(Path.of("/a/hub"));
    assertThat(params("HF_HOME", "/a", "HF_HUB_CACHE", "/b").huggingFaceCache())
        .isEqualTo(Path.of("/b"));
    assertThat(params("XDG_CACHE_HOME", "/c").huggingFaceCache())
        .isEqualTo(Path.of("/c/huggingface/hub"));
    assertThat(params("HF_HOME", "~/d").huggingFaceCache()).isEqualTo(home.resolve("d/hub"));
    assertThat(params("HF_ENDPOINT", "https://mirror.example/hf/").huggingFaceEndpoint())
        .isEqualTo(URI.create("https://mirror.example/hf"));
    assertThat(params("HF_HUB_OFFLINE", "1").offline()).isTrue();
    assertThat(params("HF_HUB_OFFLINE", "0").offline()).isFalse();
    assertThat(params("HF_TOKEN", " hf_x\n").huggingFaceToken()).isEqualTo("hf_x");
  }

  @Test
  void theTokenOfALoginCounts() throws IOException {
    Path file = home.resolve(".cache/huggingface/token");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "hf_file\n");

    assertThat(params().huggingFaceToken()).isEqualTo("hf_file");
    assertThat(params("HF_TOKEN", "hf_variable").huggingFaceToken()).isEqualTo("hf_variable");
  }

  @Test
  void noTextShowsTheToken() {
    StoreParams params = params("HF_TOKEN", "hf_secret");

    assertThat(params.toString()).startsWith("StoreParams[").doesNotContain("secret");
    assertThatThrownBy(() -> params.toBuilder().huggingFaceToken("hf_secret x").build())
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("huggingFaceToken")
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ftp://x", "x", "https://", "https://user:pass@x", "https://x?y", "https://x#y"})
  void anEndpointIsAServer(String endpoint) {
    assertThatThrownBy(() -> params("HF_ENDPOINT", endpoint))
        .isInstanceOf(InvalidValueException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 17})
  void connectionsHaveARange(int connections) {
    assertThatThrownBy(() -> params().toBuilder().connections(connections).build())
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("connections: " + connections);
  }
}
