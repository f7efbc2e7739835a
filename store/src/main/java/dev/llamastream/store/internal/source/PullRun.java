package dev.llamastream.store.internal.source;

import dev.llamastream.ModelLoadException;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.store.ByteSize;
import dev.llamastream.store.MemoryNeed;
import dev.llamastream.store.ModelName;
import dev.llamastream.store.ModelName.HuggingFace;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.PullListener;
import dev.llamastream.store.PullPlan;
import dev.llamastream.store.PullProgress;
import dev.llamastream.store.StoreParams;
import dev.llamastream.store.internal.Disk;
import dev.llamastream.store.internal.download.Downloader;
import dev.llamastream.store.internal.download.FreeSpace;
import dev.llamastream.store.internal.download.RemoteFile;
import dev.llamastream.store.internal.download.SpeedMeter;
import dev.llamastream.store.internal.http.Pause;
import dev.llamastream.store.internal.http.Web;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** One pull: its connections, and what its listener is told. For one thread. */
public final class PullRun implements AutoCloseable {

  /** What every GGUF file begins with. */
  public static final String GGUF = "GGUF";

  private final StoreParams params;
  private final PullListener listener;
  private final Web web;
  private final Downloader downloader;
  private final SpeedMeter speed;

  /** Begins a pull; nothing is connected yet. */
  public PullRun(StoreParams params, PullListener listener, Pause pause) {
    this.params = params;
    this.listener = listener;
    this.web = new Web(params.offline(), pause, listener::onWait);
    this.downloader =
        new Downloader(web, params.connections(), FreeSpace.OF_DISK, listener::onWait);
    this.speed = new SpeedMeter(pause);
  }

  /**
   * A file to download.
   *
   * @param file where it is
   * @param target where it will be
   */
  public record Item(RemoteFile file, Path target) {
    boolean isMissing() {
      return !Files.exists(target);
    }
  }

  public Web web() {
    return web;
  }

  public StoreParams params() {
    return params;
  }

  /**
   * Downloads the files of a model that are not there yet, and checks that the GGUF files are such.
   *
   * @throws ModelStoreException if one of them cannot be had; those that are whole stay
   */
  public void download(ModelName name, List<Item> items) {
    long total = 0;
    long present = 0;
    for (Item item : items) {
      boolean unknown = total < 0 || item.file().size() < 0;
      total = unknown ? -1 : total + item.file().size();
      present +=
          item.isMissing() ? downloader.present(item.target()) : Math.max(0, item.file().size());
    }
    if (items.stream().noneMatch(Item::isMissing)) {
      return;
    }
    List<String> names = items.stream().map(item -> item.file().name()).toList();
    start(new PullPlan(name, names, total, present));
    long done = 0;
    for (Item item : items) {
      if (item.isMissing()) {
        download(item, done, total);
      }
      done += size(item);
    }
  }

  private void start(PullPlan plan) {
    checkMemory(plan.name(), plan.totalBytes());
    if (!listener.onStart(plan)) {
      throw new ModelStoreException(Reason.CANCELLED, plan.name() + " was not pulled");
    }
  }

  /** Tells the listener of a file that comes in a way that shows no progress. */
  public void start(HuggingFace name, long size) {
    start(new PullPlan(name, List.of(name.file()), size, 0));
  }

  /** Makes a file that {@link #download} does not get; no two pulls make the same one. */
  public void alone(HuggingFace name, Path target, Runnable make) {
    downloader.alone(
        name.file(), target, bytes -> listener.onProgress(new PullProgress(bytes, -1, 0)), make);
  }

  /** Whether the listener wants a file, of which nothing is known to have come yet. */
  public boolean goesOn(long size) {
    return listener.onProgress(new PullProgress(0, size, 0));
  }

  /** Tells the listener why it takes longer. */
  public void waiting(String reason) {
    listener.onWait(reason);
  }

  private void download(Item item, long before, long total) {
    downloader.download(
        item.file(),
        item.target(),
        bytes -> {
          long done = before + bytes;
          return listener.onProgress(new PullProgress(done, total, speed.update(done)));
        });
    if (item.file().magic().equals(GGUF)) {
      check(item);
    }
  }

  private static void check(Item item) {
    try {
      GgufFile.read(item.target());
    } catch (ModelLoadException e) {
      Disk.remove(item.target());
      throw new ModelStoreException(
          Reason.WRONG_CONTENT,
          String.format(
              Locale.ROOT,
              "%s is no GGUF file that llamastream can read, and was removed again: %s",
              item.file().uri(),
              e.getMessage()),
          e);
    }
  }

  private static long size(Item item) {
    return item.file().size() >= 0 ? item.file().size() : item.target().toFile().length();
  }

  private void checkMemory(ModelName name, long total) {
    long memory = MemoryNeed.machineMemory();
    if (total > memory && !params.anySize()) {
      throw new ModelStoreException(
          Reason.TOO_LARGE,
          String.format(
              Locale.ROOT,
              "%s has %s, and this machine has %s of memory: choose a smaller model or quantization,"
                  + " or pull it all the same (anySize; on the command line, pull --any-size)",
              name,
              ByteSize.text(total),
              ByteSize.text(memory)));
    }
  }

  @Override
  public void close() {
    web.close();
  }
}
