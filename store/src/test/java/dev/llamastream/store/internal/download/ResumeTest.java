package dev.llamastream.store.internal.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.internal.http.Fault;
import dev.llamastream.store.internal.http.FaultyReply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cut, broken and changed downloads go on, or start anew. */
class ResumeTest {

  private static final int SIZE = 100_000;

  /** With four connections. */
  private static final int PIECE = SIZE / 16;

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

  @Test
  void goesOnWhereItWasCut() throws IOException {
    it.server.faults(Fault.of(Fault.Kind.CUT, 30_000), Fault.of(Fault.Kind.RESET, 30_000));

    it.download(1);

    isWhole();
    List<String> ranges = it.server.headers("/model", "Range");
    assertThat(ranges).hasSize(3);
    assertThat(ranges.get(0)).isEmpty();
    assertThat(ranges.get(1)).isEqualTo("bytes=30000-99999");
    assertThat(it.server.headers("/model", "If-Range")).element(1).isEqualTo("\"one\"");
  }

  @Test
  void countsTriesAnewAfterEachAdvance() throws IOException {
    it.server.schedule(
        request ->
            Fault.of(request.number() % 4 == 3 ? Fault.Kind.CUT : Fault.Kind.NO_ANSWER, 9_000));

    it.download(1);

    isWhole();
  }

  @Test
  void givesUpWithoutANewByte() throws IOException {
    it.server.schedule(request -> Fault.of(Fault.Kind.CUT, request.number() == 0 ? 12_345 : 0));

    fails(Reason.UNREACHABLE, "localhost", () -> it.download(1));
    assertThat(it.server.requests()).hasSize(5);
    assertThat(it.present()).isEqualTo(12_345);
    assertThat(it.files()).containsExactly("model.gguf.part", "model.gguf.part.ranges");

    it.server.faults();
    it.server.forget();
    it.download(1);
    isWhole();
    assertThat(it.server.headers("/model", "Range")).containsExactly("bytes=12345-99999");
  }

  @Test
  void aServerWithoutRangesIsTakenFromTheStart() throws IOException {
    it.server.route("/model", FaultyReply.of("application/octet-stream", it.content));
    it.server.faults(Fault.of(Fault.Kind.CUT, 50_000));

    it.download(4);

    isWhole();
    assertThat(it.server.requests()).hasSize(2);
  }

  /** Each answer is cut at the same byte: no new one comes. */
  @Test
  void withoutRangesAndAlwaysCutItGivesUp() {
    it.server.route("/model", FaultyReply.of("application/octet-stream", it.content));
    it.server.schedule(request -> Fault.of(Fault.Kind.CUT, 50_000));

    fails(Reason.UNREACHABLE, "localhost", () -> it.download(4));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void otherBytesThanAskedForAreNotWritten(int connections) throws IOException {
    it.server.schedule(
        request ->
            request.number() == 0
                ? Fault.of(Fault.Kind.CUT, 5_000)
                : Fault.of(Fault.Kind.WRONG_RANGE, 0));

    it.download(connections);

    isWhole();
    assertThat(it.server.headers("/model", "Range")).last().isEqualTo("");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void aChangedFileIsNotMixed(int connections) throws IOException {
    byte[] other = DownloadFixture.content(2, SIZE);
    it.server.schedule(
        request -> {
          if (request.number() == 3) {
            it.served.change(other, "\"two\"");
          }
          return Fault.of(Fault.Kind.CUT, 5_000);
        });

    it.download(connections, it.remote(SIZE, ""), TransferListener.NONE);

    it.content = other;
    isWhole();
  }

  @Test
  void aChangeIsSeenWithoutIfRange() throws IOException {
    it.served.ignoreIfRange();
    byte[] other = DownloadFixture.content(2, SIZE);
    it.server.schedule(
        request -> {
          if (request.number() == 0) {
            return Fault.of(Fault.Kind.CUT, 50_000);
          }
          it.served.change(other, "\"two\"");
          return Fault.NONE;
        });

    it.download(1, it.remote(SIZE, ""), TransferListener.NONE);

    it.content = other;
    isWhole();
  }

  @Test
  void aShorterFileIsSeen() throws IOException {
    byte[] other = DownloadFixture.content(2, 1_000);
    it.server.schedule(
        request -> {
          if (request.number() == 0) {
            return Fault.of(Fault.Kind.CUT, 50_000);
          }
          it.served.ignoreIfRange();
          it.served.change(other, "\"two\"");
          return Fault.NONE;
        });

    it.download(1, it.remote(-1, ""), TransferListener.NONE);

    it.content = other;
    isWhole();
  }

  @Test
  void aLongerFileIsSeen() throws IOException {
    byte[] other = DownloadFixture.content(2, SIZE + 1);
    it.server.schedule(
        request -> {
          if (request.number() == 0) {
            return Fault.of(Fault.Kind.CUT, 50_000);
          }
          it.served.ignoreIfRange();
          it.served.change(other, "\"one\"");
          return Fault.NONE;
        });

    it.download(1, it.remote(-1, ""), TransferListener.NONE);

    it.content = other;
    isWhole();
  }

  /** Whether the piece reaches to the end cannot be told from such an answer. */
  @Test
  void aRangeOfAFileOfUnknownSizeIsNotUsed() throws IOException {
    it.server.route(
        "/model",
        request -> {
          FaultyReply reply = it.served.answer(request);
          return reply.status() == 206
              ? reply.with(
                  "Content-Range", reply.headers().get("Content-Range").replace("/" + SIZE, "/*"))
              : reply.with("Content-Length", "").with("Transfer-Encoding", "chunked");
        });
    it.server.faults(Fault.of(Fault.Kind.CUT, 50_000));

    it.download(1, it.remote(-1, ""), TransferListener.NONE);

    isWhole();
    assertThat(it.server.headers("/model", "Range")).last().isEqualTo("");
  }

  /** Without an ETag and a hash nobody can tell whether it is still the same file. */
  @Test
  void whatNothingIdentifiesIsNotJoined() throws IOException {
    it.served.change(it.content, "");
    it.server.faults(Fault.of(Fault.Kind.CUT, 50_000));

    it.download(4, it.remote(SIZE, ""), TransferListener.NONE);

    isWhole();
    assertThat(it.server.headers("/model", "Range")).last().isEqualTo("");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "garbage", "llamastream part 1\n100000\n"})
  void aBrokenJournalMeansToStartAnew(String journal) throws IOException {
    Files.write(folder.resolve("model.gguf.part"), new byte[SIZE + 5]);
    Files.writeString(folder.resolve("model.gguf.part.ranges"), journal);
    Files.writeString(folder.resolve("model.gguf.part.ranges.new"), journal);
    Files.writeString(folder.resolve("model.gguf.lock"), "stale");

    assertThat(it.present()).isZero();
    it.download(4);

    isWhole();
  }

  /** For instance after the part was removed by hand. */
  @Test
  void aJournalOfBytesThatAreNotThereMeansToStartAnew() throws IOException {
    Ranges done = new Ranges();
    done.add(0, 50_000);
    String text = new Journal(SIZE, DownloadFixture.sha(it.content), "\"one\"", done).text();
    Files.writeString(folder.resolve("model.gguf.part.ranges"), text);
    Files.write(folder.resolve("model.gguf.part"), new byte[49_999]);

    it.download(4);

    isWhole();
  }

  /** The part lies about itself, as after a crash of the machine. */
  @Test
  void aWrongPartIsFoundByItsHash() throws IOException {
    Ranges done = new Ranges();
    done.add(0, 50_000);
    String text = new Journal(SIZE, DownloadFixture.sha(it.content), "\"one\"", done).text();
    Files.writeString(folder.resolve("model.gguf.part.ranges"), text);
    byte[] part = it.content.clone();
    part[4_000] ^= 1;
    Files.write(folder.resolve("model.gguf.part"), part);

    it.download(4);

    isWhole();
  }

  /** It serves the second piece only after the three other connections have given up. */
  @Test
  void aServerMayRefuseToServeTwoConnectionsAtOnce() throws IOException {
    CountDownLatch refusals = new CountDownLatch(15);
    it.server.schedule(
        request -> {
          String range = request.header("Range");
          if (range.startsWith("bytes=" + PIECE + "-")) {
            await(refusals);
          } else if (!range.startsWith("bytes=0-") && refusals.getCount() > 0) {
            refusals.countDown();
            return Fault.of(Fault.Kind.UNAVAILABLE, 0);
          }
          return Fault.NONE;
        });

    it.download(4);

    isWhole();
    assertThat(it.server.requests()).hasSize(15 + 16);
  }

  /** One connection still gets bytes of the old file when another gets the new one. */
  @Test
  void aChangeDuringAPieceIsNotMixed() throws IOException {
    byte[] other = DownloadFixture.content(2, SIZE);
    CountDownLatch old = new CountDownLatch(1);
    it.server.route(
        "/model",
        request -> {
          String range = request.header("Range");
          if (range.startsWith("bytes=" + 2 * PIECE + "-")) {
            await(old);
            it.served.change(other, "\"two\"");
          }
          FaultyReply reply = it.served.answer(request);
          if (range.startsWith("bytes=" + PIECE + "-")) {
            old.countDown();
          }
          return reply;
        });
    it.server.schedule(
        request ->
            request.header("Range").startsWith("bytes=" + PIECE + "-")
                ? Fault.of(Fault.Kind.SLOW, 20)
                : Fault.NONE);

    it.download(4, it.remote(SIZE, ""), TransferListener.NONE);

    it.content = other;
    isWhole();
  }

  /** A process that is killed then must not leave a journal that speaks of the old bytes. */
  @Test
  void theJournalIsGoneBeforeOldBytesAreOverwritten() throws IOException {
    Ranges done = new Ranges();
    done.add(0, 50_000);
    String text = new Journal(SIZE, DownloadFixture.sha(it.content), "\"old\"", done).text();
    Files.writeString(folder.resolve("model.gguf.part.ranges"), text);
    Files.write(folder.resolve("model.gguf.part"), new byte[50_000]);
    it.server.schedule(request -> Fault.of(Fault.Kind.SLOW, 5));
    List<Long> present = new ArrayList<>();

    it.download(
        1,
        it.remote(),
        bytes -> {
          if (bytes > 0 && bytes < 20_000) {
            present.add(it.present());
          }
          return true;
        });

    isWhole();
    assertThat(present).isNotEmpty().allMatch(bytes -> bytes < 50_000);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
