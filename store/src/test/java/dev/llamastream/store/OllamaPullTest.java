package dev.llamastream.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.SamplerParams;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.internal.Sha256;
import dev.llamastream.store.internal.http.FaultyReply;
import dev.llamastream.store.internal.http.FaultyServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OllamaPullTest {

  private static final byte[] MODEL = Store.gguf("llama", 30);
  private static final String PARAMS = "{\"temperature\":0.3,\"stop\":[\"<|end|>\"]}";

  @TempDir private Path folder;
  private FaultyServer server;
  private Path own;

  @BeforeEach
  void start() throws IOException {
    server = new FaultyServer();
    own = folder.resolve(".local/share/llamastream/ollama");
    new FakeOllama(server, "library/llama3.2")
        .layer("model", MODEL)
        .layer("params", PARAMS)
        .layer("system", "You are brief.")
        .layer("license", "The License")
        .tag("1b")
        .tag("latest");
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private ModelStore store() {
    return ModelStore.open(Store.params(folder, server));
  }

  @Test
  void aModelComesWithItsLayers() {
    StoredModel model = store().pull("ollama:llama3.2:1b", PullListener.NONE);

    assertThat(model.path())
        .isEqualTo(own.resolve("blobs/sha256-" + Sha256.of(MODEL)))
        .hasBinaryContent(MODEL);
    assertThat(model.name()).hasToString("ollama:llama3.2:1b");
    assertThat(model.origin()).isEqualTo(Origin.STORE);
    assertThat(model.describe().license()).isEqualTo("The License");
    assertThat(model.defaults().systemMessage()).isEqualTo("You are brief.");
    assertThat(model.defaults().stopSequences()).containsExactly("<|end|>");
    assertThat(model.defaults().sampler(SamplerParams.defaults()).temperature()).isEqualTo(0.3);
    assertThat(own.resolve("manifests/registry.ollama.ai/library/llama3.2/1b")).exists();
    server.forget();
    assertThat(store().get("ollama:llama3.2:1b", PullListener.NONE).path()).isEqualTo(model.path());
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void whatOllamaHasIsUsedWhereItIs() throws IOException {
    ModelStore other = ModelStore.open(Store.params(folder.resolve("other"), server));
    other.pull("ollama:llama3.2:1b", PullListener.NONE);
    Path theirs = folder.resolve(".ollama");
    Files.createDirectories(theirs);
    Files.move(folder.resolve("other/.local/share/llamastream/ollama"), theirs.resolve("models"));
    server.forget();

    StoredModel model = store().get("ollama:llama3.2:1b", PullListener.NONE);

    assertThat(model.origin()).isEqualTo(Origin.OLLAMA);
    assertThat(model.path()).startsWith(theirs).hasBinaryContent(MODEL);
    assertThat(server.requests()).isEmpty();
    assertThat(store().list()).hasSize(1);
    assertThatThrownBy(() -> store().remove("ollama:llama3.2:1b"))
        .hasMessageContaining("ollama rm");
    store().prune();
    assertThat(model.path()).exists();
    // an up-to-date model is not pulled once more
    store().pull("ollama:llama3.2:1b", PullListener.NONE);
    assertThat(own).doesNotExist();
  }

  @Test
  void removingKeepsWhatAnotherTagShares() {
    store().pull("ollama:llama3.2:1b", PullListener.NONE);
    store().pull("ollama:llama3.2", PullListener.NONE);

    assertThat(store().remove("ollama:llama3.2:1b")).isLessThan(MODEL.length);
    assertThat(store().find("ollama:llama3.2").orElseThrow().path()).hasBinaryContent(MODEL);
    assertThat(store().remove("ollama:llama3.2")).isGreaterThan(MODEL.length);
    assertThat(Store.files(own)).isEmpty();
  }

  @Test
  void pruneRemovesWhatNoManifestNames() throws IOException {
    store().pull("ollama:llama3.2:1b", PullListener.NONE);
    Path orphan = own.resolve("blobs/sha256-" + "0".repeat(64));
    Files.write(orphan, new byte[1000]);
    Path mine = own.resolve("blobs/notes.txt");
    Files.writeString(mine, "mine");

    assertThat(store().prune()).isEqualTo(1000);
    assertThat(orphan).doesNotExist();
    assertThat(mine).exists();
    assertThat(store().find("ollama:llama3.2:1b")).isPresent();
  }

  @Test
  void anUnknownTagSaysSo() {
    fails("ollama:llama3.2:9b", Reason.NOT_FOUND, "llama3.2:9b", "tag");
    server.route("/v2/me/secret/manifests/latest", FaultyReply.of(401));
    fails("ollama:me/secret", Reason.NOT_ALLOWED, "private");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "",
        "<html>",
        "{\"layers\":[]}",
        "{\"layers\":[{\"mediaType\":\"application/vnd.ollama.image.model\",\"size\":5,"
            + "\"digest\":\"sha256:../../../etc/passwd\"}]}",
        "{\"layers\":[{\"mediaType\":\"application/vnd.ollama.image.model\",\"digest\":\"sha256:"
            + "0000000000000000000000000000000000000000000000000000000000000000\"}]}",
        "{\"layers\":[{\"mediaType\":\"application/vnd.ollama.image.model\",\"size\":-5,\"digest\":"
            + "\"sha256:0000000000000000000000000000000000000000000000000000000000000000\"}]}"
      })
  void aManifestThatIsNoneLeavesNothing(String manifest) {
    server.route("/v2/library/bad/manifests/latest", FaultyReply.json(manifest));

    assertThatThrownBy(() -> store().pull("ollama:bad", PullListener.NONE))
        .isInstanceOfSatisfying(
            ModelStoreException.class,
            e -> assertThat(e.reason()).isIn(Reason.WRONG_CONTENT, Reason.UNSUPPORTED));
    assertThat(Store.files(folder)).isEmpty();
  }

  @Test
  void aBombIsNotRead() {
    byte[] bomb = new byte[20 << 20];
    Arrays.fill(bomb, (byte) '[');
    server.route("/v2/library/bomb/manifests/latest", FaultyReply.of("application/json", bomb));
    fails("ollama:bomb", Reason.WRONG_CONTENT, "bomb");

    byte[] deep = "[".repeat(1 << 20).getBytes(UTF_8);
    server.route("/v2/library/deep/manifests/latest", FaultyReply.of("application/json", deep));
    fails("ollama:deep", Reason.WRONG_CONTENT, "deep");

    StringBuilder layers = new StringBuilder("{\"layers\":[0");
    layers.append(",0".repeat(100_000)).append("]}");
    server.route("/v2/library/wide/manifests/latest", FaultyReply.json(layers.toString()));
    fails("ollama:wide", Reason.WRONG_CONTENT, "layers");
  }

  @Test
  void aModelLargerThanTheMemoryIsRefused() {
    String manifest =
        new FakeOllama(server, "library/huge")
            .layer("model", MODEL)
            .manifest()
            .replace("\"size\":" + MODEL.length, "\"size\":400000000000000");
    server.route("/v2/library/huge/manifests/latest", FaultyReply.json(manifest));

    fails("ollama:huge", Reason.TOO_LARGE, "400.0 TB", "of memory", "smaller", "--any-size");
    assertThat(Store.files(folder)).isEmpty();
    assertThatThrownBy(
            () ->
                ModelStore.open(Store.params(folder, server).toBuilder().anySize(true).build())
                    .pull("ollama:huge", PullListener.NONE))
        .hasMessageContaining("free");
    assertThat(Store.files(folder)).isEmpty();
  }

  @Test
  void aModelThatIsRemovedMeanwhileSaysSo() {
    PullListener removing =
        new PullListener() {
          @Override
          public boolean onProgress(PullProgress progress) {
            Path blob = own.resolve("blobs/sha256-" + Sha256.of(MODEL));
            if (progress.doneBytes() == progress.totalBytes()) {
              boolean _ = blob.toFile().delete();
            }
            return true;
          }
        };
    assertThatThrownBy(() -> store().pull("ollama:llama3.2:1b", removing))
        .isInstanceOf(ModelStoreException.class)
        .hasMessageContaining("was removed while it was pulled");
  }

  @Test
  void anAdapterIsRefused() {
    new FakeOllama(server, "library/lora")
        .layer("model", MODEL)
        .layer("adapter", MODEL)
        .tag("latest");

    fails("ollama:lora", Reason.UNSUPPORTED, "adapter");
  }

  private void fails(String name, Reason reason, String... parts) {
    assertThatThrownBy(() -> store().pull(name, PullListener.NONE))
        .isInstanceOfSatisfying(
            ModelStoreException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContainingAll(parts);
  }
}
