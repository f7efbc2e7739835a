package dev.llamastream.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.internal.Sha256;
import dev.llamastream.store.internal.http.FaultyReply;
import dev.llamastream.store.internal.http.FaultyServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubPullTest {

  private static final byte[] SMALL = Store.gguf("small", 20);
  private static final byte[] GOOD = Store.gguf("good", 40);

  @TempDir private Path folder;
  private FaultyServer server;
  private FakeHub hub;
  private Path cache;

  @BeforeEach
  void start() throws IOException {
    server = new FaultyServer();
    hub =
        new FakeHub(server, "owner/name")
            .file("README.md", new byte[100])
            .file("m-Q3_K_M.gguf", SMALL)
            .file("m-Q4_K_M.gguf", GOOD)
            .file("mmproj-f16.gguf", SMALL);
    cache = folder.resolve(".cache/huggingface/hub/models--owner--name");
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private ModelStore store() {
    return ModelStore.open(Store.params(folder, server));
  }

  private ModelStore store(Preference preference) {
    return ModelStore.open(Store.params(folder, server).toBuilder().preference(preference).build());
  }

  @Test
  void theCacheIsAsHuggingFacesClientMakesIt() throws IOException {
    StoredModel model = store().pull("hf:owner/name", PullListener.NONE);

    Path file = cache.resolve("snapshots/" + FakeHub.COMMIT + "/m-Q4_K_M.gguf");
    assertThat(model.path()).isEqualTo(file).hasBinaryContent(GOOD);
    assertThat(Files.readSymbolicLink(file)).isEqualTo(Path.of("../../blobs", Sha256.of(GOOD)));
    assertThat(cache.resolve("refs/main")).hasContent(FakeHub.COMMIT);
    assertThat(Store.files(cache))
        .containsExactly(
            "blobs/" + Sha256.of(GOOD),
            "refs/main",
            "snapshots/" + FakeHub.COMMIT + "/m-Q4_K_M.gguf");
    assertThat(model.name()).hasToString("hf:owner/name:m-Q4_K_M.gguf");
    assertThat(model.sizeInBytes()).isEqualTo(GOOD.length);
    assertThat(model.origin()).isEqualTo(Origin.HUGGING_FACE);
  }

  @Test
  void aFileOfHuggingFacesClientIsFound() throws IOException {
    Path blob = cache.resolve("blobs/abc");
    Files.createDirectories(blob.getParent());
    Files.write(blob, GOOD);
    Path link = cache.resolve("snapshots/" + FakeHub.COMMIT + "/m-Q4_K_M.gguf");
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, Path.of("../../blobs/abc"));
    Files.createDirectories(cache.resolve("refs"));
    Files.writeString(cache.resolve("refs/main"), FakeHub.COMMIT);

    assertThat(store().get("hf:owner/name", PullListener.NONE).path()).isEqualTo(link);
    assertThat(store().find("hf:owner/name:Q4_K_M")).isPresent();
    assertThat(store().find("hf:owner/name:Q8_0")).isEmpty();
    assertThat(store().find("hf:owner/name@" + FakeHub.COMMIT)).isPresent();
    assertThat(store().find("hf:owner/name@v2")).isEmpty();
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void thePreferenceChooses() {
    assertThat(store(Preference.MEMORY).pull("hf:owner/name", PullListener.NONE).path())
        .hasFileName("m-Q3_K_M.gguf");
  }

  @Test
  void whatIsHereIsNotDownloadedAgain() {
    store().pull("hf:owner/name", PullListener.NONE);
    server.forget();

    List<PullPlan> plans = new ArrayList<>();
    PullListener listener =
        new PullListener() {
          @Override
          public boolean onStart(PullPlan plan) {
            return plans.add(plan);
          }
        };
    store().pull("hf:owner/name", listener);
    assertThat(plans).isEmpty();
    assertThat(server.requests()).allMatch(request -> request.path().startsWith("/api/"));

    server.forget();
    store().get("hf:owner/name", listener);
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void aNewCommitWithTheSameFileIsALink() {
    store().pull("hf:owner/name", PullListener.NONE);
    hub.commit("f".repeat(40)).file("m-Q4_K_M.gguf", GOOD);
    server.forget();

    StoredModel model = store().pull("hf:owner/name", PullListener.NONE);

    assertThat(model.path().toString()).contains("f".repeat(40));
    assertThat(server.requests()).allMatch(request -> request.path().startsWith("/api/"));
    assertThat(store().list()).hasSize(2);
  }

  @Test
  void theListenerHearsOfAll() {
    List<String> heard = new ArrayList<>();
    store()
        .pull(
            "hf:owner/name:Q4_K_M",
            new PullListener() {
              @Override
              public boolean onStart(PullPlan plan) {
                return heard.add(
                    plan.name()
                        + " "
                        + plan.files()
                        + " "
                        + plan.totalBytes()
                        + " "
                        + plan.presentBytes());
              }

              @Override
              public boolean onProgress(PullProgress progress) {
                if (progress.doneBytes() == progress.totalBytes()) {
                  heard.add("done");
                }
                return true;
              }
            });
    assertThat(heard)
        .startsWith("hf:owner/name:Q4_K_M [m-Q4_K_M.gguf] " + GOOD.length + " 0")
        .endsWith("done");
  }

  @Test
  void aSplitModelIsPulledWhole() {
    byte[] first = Store.gguf("first", 10);
    byte[] second = Store.gguf("second", 12);
    hub.commit("e".repeat(40))
        .file("Q8_0/big-Q8_0-00002-of-00002.gguf", second)
        .file("Q8_0/big-Q8_0-00001-of-00002.gguf", first);

    StoredModel model = store().pull("hf:owner/name:Q8_0", PullListener.NONE);

    assertThat(model.files()).hasSize(2);
    assertThat(model.path()).hasFileName("big-Q8_0-00001-of-00002.gguf").hasBinaryContent(first);
    assertThat(model.files().get(1)).hasBinaryContent(second);
    assertThat(store().list()).hasSize(1);
    assertThat(store().remove("hf:owner/name:Q8_0")).isEqualTo(first.length + second.length);
    assertThat(store().list()).isEmpty();
  }

  @Test
  void theTokenGoesToTheHubAlone() {
    hub.gated("hf_abc");
    StoreParams params =
        Store.params(folder, server).toBuilder().huggingFaceToken("hf_abc").build();
    ModelStore.open(params).pull("hf:owner/name", PullListener.NONE);

    assertThat(server.headers("/api/models/owner/name/revision/main", "Authorization"))
        .containsOnly("Bearer hf_abc");
    assertThat(server.headers("/cdn/" + Sha256.of(GOOD), "Authorization"))
        .isNotEmpty()
        .containsOnly("");
  }

  @Test
  void aGatedModelSaysWhatToDo() {
    hub.gated("hf_abc");

    fails("hf:owner/name", Reason.NOT_ALLOWED, "gated", "accept its terms", "HF_TOKEN");
    StoreParams params = Store.params(folder, server).toBuilder().huggingFaceToken("hf_x").build();
    assertThatThrownBy(() -> ModelStore.open(params).pull("hf:owner/name", PullListener.NONE))
        .hasMessageContaining("this one may not")
        .hasMessageNotContaining("hf_x");
  }

  @Test
  void whatIsNotThereSaysSo() {
    server.route("/api/models/owner/none/revision/main", FaultyReply.of(401));
    server.route(
        "/api/models/owner/name/revision/v9",
        FaultyReply.of(404).with("X-Error-Code", "RevisionNotFound"));

    fails("hf:owner/none", Reason.NOT_FOUND, "owner/none", "spelling", "HF_TOKEN");
    fails("hf:owner/name@v9", Reason.NOT_FOUND, "no revision 'v9'");
    fails("hf:owner/name:Q4_K_S", Reason.NOT_FOUND, "Q4_K_S", "Q4_K_M", "Q3_K_M");
    hub.commit("d".repeat(40)).file("README.md", new byte[9]).file("model.safetensors", SMALL);
    fails("hf:owner/name", Reason.NOT_FOUND, "GGUF");
    assertThat(store().list()).isEmpty();
  }

  @Test
  void aFileThatIsNoGgufIsNotKept() {
    byte[] page = "<!DOCTYPE html><html>not found</html>".repeat(100).getBytes(UTF_8);
    byte[] damaged = Arrays.copyOf(GOOD, 1000);
    hub.commit("c".repeat(40)).file("page-Q4_K_M.gguf", page).file("cut-Q8_0.gguf", damaged);

    fails("hf:owner/name:Q4_K_M", Reason.WRONG_CONTENT, "GGUF");
    fails("hf:owner/name:Q8_0", Reason.WRONG_CONTENT, "GGUF");
    assertThat(store().list()).isEmpty();
    store().prune();
    assertThat(Store.files(folder)).isEmpty();
  }

  @Test
  void anOfflineStoreUsesWhatIsHere() {
    ModelStore offline =
        ModelStore.open(Store.params(folder, server).toBuilder().offline(true).build());
    assertThatThrownBy(() -> offline.get("hf:owner/name", PullListener.NONE))
        .isInstanceOfSatisfying(
            ModelStoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.OFFLINE));
    store().pull("hf:owner/name", PullListener.NONE);
    assertThat(offline.get("hf:owner/name", PullListener.NONE).path()).exists();
  }

  @Test
  void aRefusedPullLeavesNothing() {
    PullListener refuse =
        new PullListener() {
          @Override
          public boolean onStart(PullPlan plan) {
            return false;
          }
        };
    assertThatThrownBy(() -> store().pull("hf:owner/name", refuse))
        .isInstanceOfSatisfying(
            ModelStoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CANCELLED));
    assertThat(Store.files(folder)).isEmpty();
  }

  @Test
  void whatAnotherModelSharesStays() {
    hub.file("copy-Q8_0.gguf", GOOD);
    store().pull("hf:owner/name:Q4_K_M", PullListener.NONE);
    store().pull("hf:owner/name:Q8_0", PullListener.NONE);

    assertThat(store().remove("hf:owner/name:Q4_K_M")).isZero();
    assertThat(store().find("hf:owner/name:Q8_0").orElseThrow().path()).hasBinaryContent(GOOD);
    assertThat(store().remove("hf:owner/name:Q8_0")).isEqualTo(GOOD.length);
    assertThat(store().list()).isEmpty();
  }

  private void fails(String name, Reason reason, String... parts) {
    assertThatThrownBy(() -> store().pull(name, PullListener.NONE))
        .isInstanceOfSatisfying(
            ModelStoreException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContainingAll(parts);
  }
}
