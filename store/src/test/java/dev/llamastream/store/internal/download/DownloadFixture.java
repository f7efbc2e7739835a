package dev.llamastream.store.internal.download;

import dev.llamastream.store.internal.Sha256;
import dev.llamastream.store.internal.http.Credentials;
import dev.llamastream.store.internal.http.FakePause;
import dev.llamastream.store.internal.http.FaultyFile;
import dev.llamastream.store.internal.http.FaultyServer;
import dev.llamastream.store.internal.http.Web;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A server with the file {@code /model}, and a folder to download it to. */
final class DownloadFixture implements AutoCloseable {

  /** Long enough for a busy machine. */
  static final Duration STALL = Duration.ofSeconds(30);

  final FakePause pause = new FakePause();
  final List<String> waits = new CopyOnWriteArrayList<>();
  final FaultyServer server;
  final FaultyFile served;
  final Path target;
  byte[] content;

  DownloadFixture(Path folder, int size) throws IOException {
    target = folder.resolve("model.gguf");
    content = content(1, size);
    server = new FaultyServer();
    served = new FaultyFile(content, "\"one\"");
    server.route("/model", served);
  }

  static byte[] content(long seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    byte[] magic = {'G', 'G', 'U', 'F'};
    System.arraycopy(magic, 0, bytes, 0, Math.min(size, magic.length));
    return bytes;
  }

  static String sha(byte[] content) {
    return Sha256.of(content);
  }

  /** Files from 20,000 bytes on are got in pieces of 2,000 to 10,000. */
  static Tuning tuning() {
    return new Tuning(20_000, 2_000, 10_000, 4_000, true, Duration.ofMillis(1));
  }

  RemoteFile remote() {
    return remote(content.length, sha(content));
  }

  RemoteFile remote(long size, String sha256) {
    return new RemoteFile(
        server.uri("/model"), Credentials.NONE, "model.gguf", size, sha256, "GGUF");
  }

  void download(int connections) {
    download(connections, remote(), TransferListener.NONE);
  }

  void download(int connections, RemoteFile file, TransferListener listener) {
    download(connections, file, listener, folder -> Long.MAX_VALUE);
  }

  void download(int connections, RemoteFile file, TransferListener listener, FreeSpace free) {
    try (Web web = new Web(false, pause, waits::add, STALL)) {
      new Downloader(web, connections, free, waits::add, tuning()).download(file, target, listener);
    }
  }

  long present() {
    try (Web web = new Web(true, pause, waits::add)) {
      return new Downloader(web, 1, FreeSpace.OF_DISK, waits::add).present(target);
    }
  }

  /** The names in the folder. */
  List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(target.getParent())) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
