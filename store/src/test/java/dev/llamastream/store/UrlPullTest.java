package dev.llamastream.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.internal.http.FaultyReply;
import dev.llamastream.store.internal.http.FaultyServer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UrlPullTest {

  private static final byte[] MODEL = Store.gguf("web", 30);

  @TempDir private Path folder;
  private FaultyServer server;
  private String name;

  @BeforeEach
  void start() throws IOException {
    server = new FaultyServer();
    server.route("/models/m.gguf", FaultyReply.of("application/octet-stream", MODEL));
    name = server.uri("/models/m.gguf").toString();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private ModelStore store() {
    return ModelStore.open(Store.params(folder, server));
  }

  @Test
  void aModelIsKeptUnderItsAddress() {
    StoredModel model = store().pull(name, PullListener.NONE);

    assertThat(model.path()).hasFileName("m.gguf").hasBinaryContent(MODEL);
    assertThat(model.name()).hasToString(name);
    assertThat(store().list()).extracting(StoredModel::path).containsExactly(model.path());
    assertThat(store().find(name)).isPresent();
    assertThat(store().remove(name)).isGreaterThan(MODEL.length);
    assertThat(store().find(name)).isEmpty();
    assertThat(Store.files(folder)).isEmpty();
  }

  @Test
  void aServerWithoutHeadIsAsked() {
    server.route(
        "/models/m.gguf",
        request ->
            request.method().equals("HEAD")
                ? FaultyReply.of(405)
                : FaultyReply.of("application/octet-stream", MODEL));

    assertThat(store().pull(name, PullListener.NONE).path()).hasBinaryContent(MODEL);
  }

  @Test
  void whatIsNoModelIsRefused() {
    server.route("/models/page.gguf", FaultyReply.html("<html>Please log in</html>"));
    server.route("/models/gone.gguf", FaultyReply.of(404));
    server.route("/models/mine.gguf", FaultyReply.of(403));

    fails("/models/page.gguf", Reason.WRONG_CONTENT);
    fails("/models/gone.gguf", Reason.NOT_FOUND);
    fails("/models/mine.gguf", Reason.NOT_ALLOWED);
    store().prune();
    assertThat(Store.files(folder)).isEmpty();
  }

  private void fails(String path, Reason reason) {
    assertThatThrownBy(() -> store().pull(server.uri(path).toString(), PullListener.NONE))
        .isInstanceOfSatisfying(
            ModelStoreException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    assertThat(store().find(server.uri(path).toString())).isEmpty();
  }
}
