package dev.llamastream.spark;

import dev.llamastream.ModelLoadException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.apache.spark.SparkFiles;

/** Finds a model's file on this machine; the model store downloads what has a name. */
final class ModelFile {

  private static final String SHIPPED = "sparkfiles:";
  private static final int BUFFER = 1 << 20;

  private ModelFile() {}

  /**
   * Finds the file of a model, and checks that it is what was meant.
   *
   * @param model a path, a name of the model store, or the name of a shipped file
   * @param sha256 in lower case; empty for any
   * @throws ModelLoadException if there is none, or its content is another
   */
  static Path find(String model, String sha256) {
    Path file = locate(model);
    if (!Files.isRegularFile(file)) {
      throw new ModelLoadException(
          "no file " + file + " on " + host() + " (the setting model: '" + model + "')");
    }
    if (!sha256.isEmpty()) {
      String found = sha256(file);
      if (!found.equals(sha256)) {
        throw new ModelLoadException(
            file + " on " + host() + " has the SHA-256 " + found + ", must be " + sha256);
      }
    }
    return file;
  }

  private static Path locate(String model) {
    if (model.startsWith(SHIPPED)) {
      return shipped(model.substring(SHIPPED.length()));
    }
    File file = new File(model);
    return file.isAbsolute() && file.isFile() ? file.toPath() : NamedModel.path(model, host());
  }

  /**
   * Spark puts the files of a session into a folder of its own, below the one that it names to a
   * task.
   */
  private static Path shipped(String name) {
    Path file = Path.of(SparkFiles.get(name));
    if (Files.exists(file)) {
      return file;
    }
    try (Stream<Path> sessions = Files.list(Path.of(SparkFiles.getRootDirectory()))) {
      return sessions
          .map(session -> session.resolve(name))
          .filter(Files::exists)
          .findFirst()
          .orElse(file);
    } catch (IOException e) {
      throw new ModelLoadException("shipped files could not be listed on " + host() + ": " + e, e);
    }
  }

  private static String sha256(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[BUFFER];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new ModelLoadException(file + " on " + host() + " could not be read: " + e, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String host() {
    return org.apache.spark.util.Utils.localHostName();
  }
}
