package dev.llamastream.store.internal.download;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.internal.http.Credentials;
import dev.llamastream.store.internal.http.FakePause;
import dev.llamastream.store.internal.http.Fault;
import dev.llamastream.store.internal.http.FaultyFile;
import dev.llamastream.store.internal.http.FaultyServer;
import dev.llamastream.store.internal.http.Waiting;
import dev.llamastream.store.internal.http.Web;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever goes wrong, the target is whole and right, or absent; and when nothing goes wrong any
 * more, it is whole. To replay a failure, put its seed into {@link #SEEDS}.
 */
class FaultScheduleTest {

  private static final int FIRST = 0;
  private static final int SEEDS = 2_000;
  private static final int TRIES = 3;

  @TempDir Path folder;
  private FaultyServer server;
  private final Web impatient =
      new Web(false, new FakePause(), Waiting.SILENT, Duration.ofMillis(80));
  private final Web patient =
      new Web(false, new FakePause(), Waiting.SILENT, Duration.ofSeconds(20));
  private final Map<ModelStoreException.Reason, Integer> reasons =
      new EnumMap<>(ModelStoreException.Reason.class);
  private int wholeAtOnce;

  @BeforeEach
  void start() throws IOException {
    server = new FaultyServer();
  }

  @AfterEach
  void stop() throws IOException {
    impatient.close();
    patient.close();
    server.close();
  }

  @Test
  void theTargetIsWholeOrAbsent() throws IOException {
    for (int seed = FIRST; seed < FIRST + SEEDS; seed++) {
      FaultSchedule schedule = new FaultSchedule(seed);
      try {
        run(seed, schedule);
      } catch (Throwable e) {
        throw new AssertionError(schedule.toString(), e);
      }
    }
    // The schedules are neither harmless nor hopeless.
    assertThat(wholeAtOnce).isBetween(SEEDS / 10, SEEDS * 9 / 10);
    assertThat(reasons).hasSizeGreaterThanOrEqualTo(4);
  }

  private void run(int seed, FaultSchedule schedule) throws IOException {
    byte[] content = DownloadFixture.content(seed, schedule.size);
    byte[] other = DownloadFixture.content(seed + 1_000_000L, schedule.size);
    String etag = schedule.etag ? "\"one\"" : "";
    FaultyFile served = new FaultyFile(content, etag);
    String path = "/" + seed;
    server.route(path, served).schedule(schedule);
    RemoteFile file =
        new RemoteFile(
            server.uri(path),
            Credentials.NONE,
            "model.gguf",
            schedule.sizeKnown ? schedule.size : -1,
            schedule.hashKnown ? DownloadFixture.sha(content) : "",
            schedule.size < 4 ? "" : "GGUF");
    List<byte[]> versions = new ArrayList<>(List.of(content));
    Path target = folder.resolve(path.substring(1)).resolve("model.gguf");
    boolean done = false;
    for (int i = 0; i < TRIES && !done; i++) {
      done = tryOnce(schedule, file, target);
      assertThat(Files.exists(target)).isEqualTo(done);
      if (!done && schedule.changes && i == 0) {
        served.change(other, "\"two\"");
        versions.add(other);
      }
    }
    if (done) {
      wholeAtOnce++;
    } else {
      new PartDamage(target, schedule.damage).happens();
      server.schedule(request -> Fault.NONE);
      download(patient, schedule, file, target, TransferListener.NONE);
    }
    // All of the first version may have come before the change.
    assertThat(Files.readAllBytes(target)).isIn(versions);
    try (Stream<Path> all = Files.list(target.getParent())) {
      List<String> names = all.map(each -> each.getFileName().toString()).toList();
      assertThat(names).containsExactly("model.gguf");
    }
    Files.delete(target);
  }

  private boolean tryOnce(FaultSchedule schedule, RemoteFile file, Path target) {
    try {
      download(impatient, schedule, file, target, done -> done < schedule.stopAt);
      return true;
    } catch (ModelStoreException e) {
      reasons.merge(e.reason(), 1, Integer::sum);
      assertThat(e.reason())
          .isIn(
              ModelStoreException.Reason.UNREACHABLE,
              ModelStoreException.Reason.RATE_LIMITED,
              ModelStoreException.Reason.WRONG_CONTENT,
              ModelStoreException.Reason.CANCELLED);
      return false;
    }
  }

  private static void download(
      Web web, FaultSchedule schedule, RemoteFile file, Path target, TransferListener listener) {
    Tuning tuning = new Tuning(8_000, 1_000, 10_000, 3_000, false, Duration.ofMillis(1));
    new Downloader(web, schedule.connections, any -> Long.MAX_VALUE, Waiting.SILENT, tuning)
        .download(file, target, listener);
  }
}
