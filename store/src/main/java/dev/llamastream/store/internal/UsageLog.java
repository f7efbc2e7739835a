package dev.llamastream.store.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;

/**
 * When each model was last used: a file per model, whose time of change says so. The models' own
 * files may belong to others, and file systems often do not note when they are read.
 */
public final class UsageLog {

  private final Path folder;

  /** A log in the store's folder. */
  public UsageLog(Path storeFolder) {
    this.folder = storeFolder.resolve("used");
  }

  private Path note(Path model) {
    String path = model.toAbsolutePath().toString();
    return folder.resolve(Sha256.of(path.getBytes(UTF_8)).substring(0, 32));
  }

  /** Notes a use now. A store that cannot be written must not keep a model from being used. */
  public void used(Path model, Instant now) {
    Path note = note(model);
    try {
      if (!Files.exists(note)) {
        Files.createDirectories(folder);
        Files.writeString(note, model.toAbsolutePath().toString());
      }
      Files.setLastModifiedTime(note, FileTime.from(now));
    } catch (IOException e) {
      System.getLogger("dev.llamastream.store")
          .log(System.Logger.Level.DEBUG, "the use of " + model + " is not noted", e);
    }
  }

  /** Nothing if it was never used, as far as this store knows. */
  public Optional<Instant> lastUse(Path model) {
    try {
      Path note = note(model);
      return Files.exists(note)
          ? Optional.of(Files.getLastModifiedTime(note).toInstant())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Forgets a model. */
  public void forget(Path model) {
    Disk.remove(note(model));
  }

  /** Forgets the models that are not there any more. */
  public void prune() {
    for (Path note : Disk.children(folder)) {
      try {
        if (!Files.exists(Path.of(Files.readString(note, UTF_8)))) {
          Disk.remove(note);
        }
      } catch (IOException | IllegalArgumentException e) {
        Disk.remove(note);
      }
    }
  }
}
