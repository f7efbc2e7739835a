package dev.llamastream.store.internal.download;

import dev.llamastream.store.internal.http.Credentials;
import dev.llamastream.store.internal.http.Pause;
import dev.llamastream.store.internal.http.Waiting;
import dev.llamastream.store.internal.http.Web;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** A JVM of its own that downloads one file. */
final class DownloadProcess {

  private DownloadProcess() {}

  static Process start(RemoteFile file, Path target, int connections) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            DownloadProcess.class.getName(),
            file.uri().toString(),
            file.name(),
            Long.toString(file.size()),
            file.sha256(),
            target.toString(),
            Integer.toString(connections));
    return new ProcessBuilder(command).inheritIO().start();
  }

  public static void main(String... args) {
    RemoteFile file =
        new RemoteFile(
            URI.create(args[0]), Credentials.NONE, args[1], Long.parseLong(args[2]), args[3]);
    try (Web web = new Web(false, Pause.REAL, Waiting.SILENT)) {
      new Downloader(
              web,
              Integer.parseInt(args[5]),
              FreeSpace.OF_DISK,
              Waiting.SILENT,
              DownloadFixture.tuning())
          .download(file, Path.of(args[4]), TransferListener.NONE);
    }
  }
}
