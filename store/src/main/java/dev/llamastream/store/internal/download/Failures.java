package dev.llamastream.store.internal.download;

import dev.llamastream.store.ByteSize;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** The exceptions of a download, in words. */
final class Failures {

  private Failures() {}

  static ModelStoreException cancelled(String name) {
    return new ModelStoreException(
        Reason.CANCELLED, name + ": the download was stopped. The next one continues from there");
  }

  static ModelStoreException full(String name, Path folder, long needed, long free) {
    return new ModelStoreException(
        Reason.TOO_LARGE,
        String.format(
            Locale.ROOT,
            "%s: needs %s more, and %s has %s free. Free some space, or set another folder (HF_HOME,"
                + " XDG_DATA_HOME)",
            name,
            ByteSize.text(needed),
            folder,
            ByteSize.text(free)));
  }

  static ModelStoreException storage(Path path, IOException cause) {
    String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    if (message.contains("no space left")
        || message.contains("not enough space")
        || message.contains("quota exceeded")) {
      return new ModelStoreException(
          Reason.TOO_LARGE,
          path + ": the disk is full. Free some space; the next download continues from there",
          cause);
    }
    return new ModelStoreException(
        Reason.STORAGE,
        String.format(
            Locale.ROOT,
            "%s cannot be written (%s: %s). Is the folder writable?",
            path,
            cause.getClass().getSimpleName(),
            cause.getMessage()),
        cause);
  }

  static ModelStoreException wrong(String name, String what) {
    return new ModelStoreException(Reason.WRONG_CONTENT, name + ": " + what);
  }

  static ModelStoreException refused(String name, String host, int status) {
    return switch (status) {
      case 401, 403 ->
          new ModelStoreException(
              Reason.NOT_ALLOWED,
              name + ": " + host + " answers " + status + ". Does the token allow to read it?");
      case 404, 410 ->
          new ModelStoreException(
              Reason.NOT_FOUND, name + ": " + host + " answers " + status + ": it is not there");
      default ->
          new ModelStoreException(
              Reason.UNREACHABLE, name + ": " + host + " answers " + status + " to a download");
    };
  }
}
