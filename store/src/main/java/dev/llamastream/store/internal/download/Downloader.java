package dev.llamastream.store.internal.download;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.internal.http.Waiting;
import dev.llamastream.store.internal.http.Web;
import dev.llamastream.store.internal.http.WebStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Downloads files. Thread-safe. */
public final class Downloader {

  private final Web web;
  private final int connections;
  private final FreeSpace free;
  private final Waiting waiting;

  /**
   * Creates a downloader.
   *
   * @param connections for a large file, at least 1
   * @param waiting is told before a wait, on the thread that downloads
   */
  public Downloader(Web web, int connections, FreeSpace free, Waiting waiting) {
    this.web = web;
    this.connections = connections;
    this.free = free;
    this.waiting = waiting;
  }

  /**
   * How much of a file an earlier download has left.
   *
   * @param target where the whole file would be
   */
  public long present(Path target) {
    return 0;
  }

  /**
   * Downloads a file unless it is there. Afterwards the target is the whole and right file.
   *
   * @throws ModelStoreException if it could not; the target is as it was
   */
  public void download(RemoteFile file, Path target, TransferListener listener) {
    Path part = target.resolveSibling(target.getFileName() + ".part");
    if (Files.exists(target)) {
      return;
    }
    try {
      Files.createDirectories(target.toAbsolutePath().getParent());
      try (WebStream stream = web.open(file.uri(), file.credentials(), Map.of());
          OutputStream out = Files.newOutputStream(part)) {
        if (stream.status() != 200) {
          throw new ModelStoreException(Reason.UNREACHABLE, file.name() + ": " + stream.status());
        }
        long done = 0;
        @Nullable ByteBuffer next = stream.next();
        while (next != null) {
          byte[] bytes = new byte[next.remaining()];
          next.get(bytes);
          out.write(bytes);
          done += bytes.length;
          if (!listener.onBytes(done)) {
            throw new ModelStoreException(Reason.CANCELLED, file.name());
          }
          next = stream.next();
        }
      }
      Files.move(part, target, ATOMIC_MOVE);
    } catch (IOException e) {
      throw new ModelStoreException(Reason.UNREACHABLE, file.name(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ModelStoreException(Reason.CANCELLED, file.name(), e);
    }
  }
}
