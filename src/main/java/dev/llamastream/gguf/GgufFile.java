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
 * What a GGUF file says of itself: all but the numbers in its tensors. Immutable; the file is not
 * held open.
 *
 * @param path where it is
 * @param version the version of the format: 2 or 3
 * @param fileSize its size in bytes
 * @param alignment what the offset of each tensor's data is a multiple of, in bytes
 * @param metadata the values by their keys, in the file's order
 * @param tensors the tensor table, in the file's order
 * @param headerHash the SHA-256 of the file's bytes up to the end of the tensor table, in
 *     hexadecimal digits: equal for files that differ in nothing but the numbers in their tensors
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
   * Reads a file and checks its structure: that each count, length, type and offset is one that a
   * GGUF file can have, that no key and no tensor name occurs twice, and that the data of every
   * tensor is in the file.
   *
   * <p>Metadata and tensor table may have 256 MiB together.
   *
   * @throws ModelLoadException if there is no such file or it is no sound GGUF file; the message
   *     names the file, the field, its value and the byte at which it is
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
   * Reads all files of a model, which are one or, where a model is split, several.
   *
   * @param first the only file, or the one whose name ends in {@code -00001-of-0000N.gguf}
   * @return the files in their order
   * @throws ModelLoadException as {@link #read}, or if a part is missing, or if the parts are not
   *     of one model
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
