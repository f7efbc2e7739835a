package dev.llamastream.store.internal.download;

import dev.llamastream.store.internal.Sha256;
import dev.llamastream.store.internal.http.Waiting;
import dev.llamastream.store.internal.http.Web;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Downloads files. Thread-safe.
 *
 * <p>What has come is in {@code <target>.part} until it is whole and right. {@code
 * <target>.part.ranges} says which bytes are there, and {@code <target>.lock} keeps other processes
 * away.
 */
public final class Downloader {

  private static final Duration LOCK_POLL = Duration.ofMillis(200);

  private final Web web;
  private final int connections;
  private final FreeSpace free;
  private final Waiting waiting;
  private final Tuning tuning;

  /**
   * Creates a downloader.
   *
   * @param connections for a large file, at least 1
   * @param waiting is told before a wait, on the thread that downloads
   */
  public Downloader(Web web, int connections, FreeSpace free, Waiting waiting) {
    this(web, connections, free, waiting, Tuning.DEFAULT);
  }

  Downloader(Web web, int connections, FreeSpace free, Waiting waiting, Tuning tuning) {
    this.web = web;
    this.connections = connections;
    this.free = free;
    this.waiting = waiting;
    this.tuning = tuning;
  }

  Web web() {
    return web;
  }

  Waiting waiting() {
    return waiting;
  }

  Tuning tuning() {
    return tuning;
  }

  /**
   * How many bytes of a file an earlier download has left.
   *
   * @param target where the whole file would be
   */
  public long present(Path target) {
    return new PartFile(target).present();
  }

  /**
   * Downloads a file unless a file of its size is there. Afterwards the target is the whole and
   * right file. An existing file is not hashed.
   *
   * @throws dev.llamastream.store.ModelStoreException if it could not. The target is as it was
   */
  public void download(RemoteFile file, Path target, TransferListener listener) {
    if (isThere(file, target)) {
      return;
    }
    try {
      Files.createDirectories(PartFile.folder(target));
      try (TransferLock _ = lock(file.name(), target, listener)) {
        if (!isThere(file, target)) {
          fetch(file, target, listener);
        }
      }
    } catch (IOException e) {
      throw Failures.storage(target, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failures.cancelled(file.name());
    }
  }

  /**
   * Makes a file in another way, as the only process and thread that makes it, unless it is there.
   *
   * @param name of the file, for messages
   * @param make leaves the whole file at the target
   */
  public void alone(String name, Path target, TransferListener listener, Runnable make) {
    try {
      Files.createDirectories(PartFile.folder(target));
      try (TransferLock _ = lock(name, target, listener)) {
        if (!Files.exists(target)) {
          make.run();
        }
      }
    } catch (IOException e) {
      throw Failures.storage(target, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failures.cancelled(name);
    }
  }

  private static boolean isThere(RemoteFile file, Path target) {
    try {
      return Files.isRegularFile(target) && (file.size() < 0 || Files.size(target) == file.size());
    } catch (IOException e) {
      throw Failures.storage(target, e);
    }
  }

  private TransferLock lock(String name, Path target, TransferListener listener)
      throws InterruptedException {
    boolean told = false;
    @Nullable TransferLock lock = TransferLock.tryLock(target);
    while (lock == null) {
      if (!told) {
        waiting.onWait("another process is downloading " + name);
        told = true;
      }
      if (!listener.onBytes(present(target))) {
        throw Failures.cancelled(name);
      }
      web.pause().sleep(LOCK_POLL);
      lock = TransferLock.tryLock(target);
    }
    return lock;
  }

  /** A wrong hash may come from a part that was wrong before, so there is a second try. */
  private void fetch(RemoteFile file, Path target, TransferListener listener)
      throws IOException, InterruptedException {
    PartFile part = new PartFile(target);
    String found = "";
    for (int tries = 0; tries < 2; tries++) {
      new Transfer(this, file, part, tries == 0 ? connections : 1, listener).run();
      found = file.sha256().isEmpty() ? "" : hash(file, part, listener);
      if (found.equals(file.sha256())) {
        part.finish();
        return;
      }
      part.delete();
    }
    throw Failures.wrong(
        file.name(),
        "its SHA-256 is "
            + found
            + " instead of "
            + file.sha256()
            + ", twice. The file on the server is another one, or a proxy changes it");
  }

  private String hash(RemoteFile file, PartFile part, TransferListener listener)
      throws IOException {
    long size = Files.size(part.path());
    try (FileInputStream in = part.read()) {
      return Sha256.of(
          in,
          () -> {
            if (Thread.currentThread().isInterrupted() || !listener.onBytes(size)) {
              throw Failures.cancelled(file.name());
            }
          });
    }
  }

  void checkSpace(RemoteFile file, Path part, long needed) {
    Path folder = PartFile.folder(part);
    try {
      long usable = free.usable(folder);
      if (needed > usable) {
        throw Failures.full(file.name(), folder, needed, usable);
      }
    } catch (IOException e) {
      throw Failures.storage(folder, e);
    }
  }
}
