package dev.llamastream.gguf;

import static java.util.Objects.requireNonNull;

import dev.llamastream.ModelLoadException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The description in a GGUF file: everything except the numbers in its tensors. Immutable. The file
 * is not kept open.
 *
 * @param path the path of the file
 * @param version the version of the format: 2 or 3
 * @param fileSize its size in bytes
 * @param alignment the offset of each tensor's data is a multiple of this, in bytes
 * @param metadata the values by their keys, in the file's order
 * @param tensors the tensor table, in the file's order
 * @param headerHash the SHA-256 of the file's bytes up to the end of the tensor table, in
 *     hexadecimal digits. Files that differ only in the numbers in their tensors have the same hash
 * @since 0.1.0
 */
public record GgufFile(
    Path path,
    int version,
    long fileSize,
    long alignment,
    Map<String, GgufValue> metadata,
    List<GgufTensor> tensors,
    String headerHash) {

  public GgufFile {
    requireNonNull(path, "path");
    requireNonNull(headerHash, "headerHash");
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    tensors = List.copyOf(tensors);
  }

  /**
   * Reads a file and checks its structure. Each count, length, type and offset must be one that a
   * GGUF file can have. Keys and tensor names must be unique. The file must contain the data of
   * every tensor.
   *
   * <p>Metadata and tensor table together may have up to 256 MiB.
   *
   * @throws ModelLoadException if the file does not exist or is not a valid GGUF file; the message
   *     names the file, the field, its value and its byte offset
   */
  public static GgufFile read(Path path) {
    Path file = path.toAbsolutePath();
    if (!Files.exists(file)) {
      throw new ModelLoadException(file + ": no such file");
    }
    if (!Files.isRegularFile(file)) {
      throw new ModelLoadException(file + ": not a file");
    }
    if (!Files.isReadable(file)) {
      throw new ModelLoadException(file + ": not readable");
    }
    try (InputStream stream = Files.newInputStream(file)) {
      return new GgufParser(file, Files.size(file), stream).parse();
    } catch (IOException e) {
      throw new ModelLoadException(file + ": cannot be read: " + e, e);
    } catch (OutOfMemoryError e) {
      throw new ModelLoadException(file + ": its metadata does not fit into the heap", e);
    }
  }

  /**
   * Reads all files of a model: one file, or several if the model is split.
   *
   * @param first the only file, or the one whose name ends in {@code -00001-of-0000N.gguf}
   * @return the files in order
   * @throws ModelLoadException as {@link #read}, or if a part is missing, or if the parts do not
   *     belong to one model
   */
  public static List<GgufFile> readAll(Path first) {
    return new SplitFiles(read(first)).read();
  }

  /** The number of elements of all tensors. */
  public long parameterCount() {
    long count = 0;
    for (GgufTensor tensor : tensors) {
      count += tensor.elements();
    }
    return count;
  }
}
