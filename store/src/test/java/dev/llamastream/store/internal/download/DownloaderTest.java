package dev.llamastream.store.internal.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.internal.http.Credentials;
import dev.llamastream.store.internal.http.Fault;
import dev.llamastream.store.internal.http.FaultyReply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DownloaderTest {

  private static final int SIZE = 100_000;

  @TempDir Path folder;
  private DownloadFixture it;

  @BeforeEach
  void start() throws IOException {
    it = new DownloadFixture(folder, SIZE);
  }

  @AfterEach
  void stop() throws IOException {
    it.close();
  }

  private void isWhole() throws IOException {
    assertThat(Files.readAllBytes(it.target)).isEqualTo(it.content);
    assertThat(it.files()).containsExactly("model.gguf");
  }

  private static void fails(Reason reason, String message, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ModelStoreException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void downloadsAFile(int connections) throws IOException {
    List<Long> told = new ArrayList<>();
    it.download(
        connections,
        it.remote(),
        done -> {
          told.add(done);
          return true;
        });

    isWhole();
    assertThat(told).isSorted().last().isEqualTo((long) SIZE);
    assertThat(it.server.headers("/model", "Range"))
        .hasSize(connections == 1 ? 1 : SIZE / (SIZE / 16));
  }

  @ParameterizedTest
  @CsvSource({"-1, true", "-1, false", "100000, true", "100000, false"})
  void sizeAndHashMayBeUnknown(long size, boolean hash) throws IOException {
    String sha256 = hash ? DownloadFixture.sha(it.content) : "";
    it.server.faults(Fault.of(Fault.Kind.CUT, 60_000));

    it.download(4, it.remote(size, sha256), TransferListener.NONE);

    isWhole();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBodyInChunksHasNoLength(boolean cut) throws IOException {
    it.server.route(
        "/model",
        FaultyReply.of("application/octet-stream", it.content)
            .with("Transfer-Encoding", "chunked"));
    it.server.faults(cut ? Fault.of(Fault.Kind.CUT, 70_000) : Fault.NONE);

    it.download(1, it.remote(-1, ""), TransferListener.NONE);

    isWhole();
  }

  @Test
  void aLengthMustBeKnownFromSomewhere() throws IOException {
    it.server.route(
        "/model",
        FaultyReply.of("application/octet-stream", it.content).with("Content-Length", ""));

    fails(
        Reason.WRONG_CONTENT,
        "does not say how long it is",
        () -> it.download(1, it.remote(-1, ""), TransferListener.NONE));
    assertThat(it.files()).isEmpty();
  }

  @Test
  void anEmptyFileIsAFile() throws IOException {
    it.content = new byte[0];
    it.served.change(it.content, "\"one\"");

    it.download(4);

    isWhole();
  }

  @Test
  void aFileThatIsThereIsNotAskedFor() throws IOException {
    Files.write(it.target, it.content);

    it.download(4);
    it.download(4, it.remote(-1, ""), TransferListener.NONE);

    assertThat(it.server.requests()).isEmpty();
  }

  @Test
  void aFileOfAnotherSizeIsReplacedAtTheEnd() throws IOException {
    Files.write(it.target, new byte[] {1});
    it.server.schedule(request -> Fault.of(Fault.Kind.UNAVAILABLE, 0));
    fails(Reason.UNREACHABLE, "503", () -> it.download(4));
    assertThat(Files.readAllBytes(it.target)).containsExactly(1);

    it.server.faults();
    it.download(4);
    isWhole();
  }

  @Test
  void aWrongHashGetsASecondTry() throws IOException {
    it.server.faults(Fault.of(Fault.Kind.WRONG_BYTE, 777));

    it.download(1);

    isWhole();
    assertThat(it.server.requests()).hasSize(2);
  }

  @Test
  void aWrongHashTwiceIsAnError() throws IOException {
    RemoteFile file = it.remote(SIZE, "0".repeat(64));

    fails(
        Reason.WRONG_CONTENT,
        DownloadFixture.sha(it.content),
        () -> it.download(4, file, TransferListener.NONE));
    assertThat(it.files()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void anotherLengthIsAnError(int connections) throws IOException {
    it.content = DownloadFixture.content(1, SIZE + 1);

    fails(Reason.WRONG_CONTENT, "100,000 bytes instead of 100,001", () -> it.download(connections));
    assertThat(it.files()).isEmpty();
  }

  @Test
  void moreBytesThanAnnouncedAreAnError() throws IOException {
    it.server.route(
        "/model",
        FaultyReply.of("application/octet-stream", it.content)
            .with("Transfer-Encoding", "chunked"));

    fails(
        Reason.WRONG_CONTENT,
        "more bytes",
        () -> it.download(1, it.remote(SIZE - 1, ""), TransferListener.NONE));
    assertThat(it.files()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void aWebPageIsNoModel(int connections) throws IOException {
    it.server.faults(Fault.of(Fault.Kind.HTML, 0));

    fails(Reason.WRONG_CONTENT, "web page", () -> it.download(connections));
    assertThat(it.files()).isEmpty();
  }

  @Test
  void theFirstBytesAreCheckedBeforeOtherConnectionsStart() throws IOException {
    it.content[0] = 'X';

    fails(Reason.WRONG_CONTENT, "does not begin with GGUF", () -> it.download(4));
    assertThat(it.server.requests()).hasSize(1);
    assertThat(it.files()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"401, NOT_ALLOWED", "403, NOT_ALLOWED", "404, NOT_FOUND", "400, UNREACHABLE"})
  void aRefusalIsNotTriedAgain(int status, Reason reason) {
    it.server.route("/model", FaultyReply.of(status));

    fails(reason, "model.gguf: localhost answers " + status, () -> it.download(4));
    assertThat(it.server.requests()).hasSize(1);
  }

  @Test
  void theTokenStaysAtItsServer() throws IOException {
    it.server.route("/start", FaultyReply.redirect(302, it.server.otherUri("/model")));
    RemoteFile file =
        new RemoteFile(
            it.server.uri("/start"),
            Credentials.bearer(it.server.uri(""), "secret"),
            "model",
            SIZE,
            "");

    it.download(4, file, TransferListener.NONE);

    isWhole();
    assertThat(it.server.headers("/start", "Authorization")).containsOnly("Bearer secret");
    assertThat(it.server.headers("/model", "Authorization")).containsOnly("");
  }

  @Test
  void theListenerStopsIt() throws IOException {
    it.server.schedule(request -> Fault.of(Fault.Kind.SLOW, 5));

    fails(Reason.CANCELLED, "model.gguf", () -> it.download(4, it.remote(), done -> done < 10_000));
    long left = it.present();
    assertThat(left).isBetween(10_000L, (long) SIZE);

    it.server.faults();
    List<Long> told = new ArrayList<>();
    it.download(4, it.remote(), done -> told.add(done));
    isWhole();
    assertThat(told).first().matches(done -> done >= left);
  }

  @Test
  void anInterruptStopsIt() throws IOException {
    it.server.schedule(request -> Fault.of(Fault.Kind.STALL, 100));
    Thread caller = Thread.currentThread();

    fails(
        Reason.CANCELLED,
        "model.gguf",
        () ->
            it.download(
                4,
                it.remote(),
                done -> {
                  if (done > 0) {
                    caller.interrupt();
                  }
                  return true;
                }));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(it.present()).isEqualTo(100);
  }

  @Test
  void theListenersExceptionReachesTheCaller() throws IOException {
    assertThatThrownBy(
            () ->
                it.download(
                    4,
                    it.remote(),
                    done -> {
                      throw new IllegalStateException("mine");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("mine");

    it.download(4);
    isWhole();
  }

  @Test
  void asksForSpaceFirst() throws IOException {
    fails(
        Reason.TOO_LARGE,
        "needs 100.0 kB more",
        () -> it.download(4, it.remote(), TransferListener.NONE, any -> SIZE - 1));
    assertThat(it.server.requests()).isEmpty();

    fails(
        Reason.TOO_LARGE,
        "has 100.0 kB free",
        () -> it.download(1, it.remote(-1, ""), TransferListener.NONE, any -> SIZE - 1));
    assertThat(it.files()).isEmpty();
    it.download(4, it.remote(), TransferListener.NONE, any -> SIZE);
    isWhole();
  }

  @Test
  void aFileInPlaceOfTheFolderIsAStorageError() throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[1]);
    try (DownloadFixture other = new DownloadFixture(file.resolve("below"), 10)) {
      fails(Reason.STORAGE, "file", () -> other.download(1));
    }
  }

  @Test
  void aFolderInPlaceOfThePartIsAStorageError() throws IOException {
    Files.createDirectories(folder.resolve("model.gguf.part/below"));

    fails(Reason.STORAGE, "model.gguf.part", () -> it.download(1));
  }
}
