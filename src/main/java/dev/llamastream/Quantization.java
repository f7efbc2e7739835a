package dev.llamastream;

import dev.llamastream.gguf.GgufFile;
import dev.llamastream.gguf.GgufTensor;
import dev.llamastream.gguf.ModelCheck;
import dev.llamastream.internal.ffm.Quantizer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ThreadLocalRandom;

/** Quantizes a model into a file that appears when it is complete. */
final class Quantization {

  /** The only one that llama.cpp writes, whatever the metadata say (llama-quant.cpp). */
  private static final int ALIGNMENT = 32;

  private final List<GgufFile> source;
  private final Path target;
  private final Path folder;
  private final QuantizeParams params;

  private Quantization(List<GgufFile> source, Path target, QuantizeParams params) {
    this.source = source;
    this.target = target;
    this.folder = Objects.requireNonNull(target.getParent());
    this.params = params;
  }

  /** Checks the source and the target, and quantizes. */
  static void run(Path source, Path target, QuantizeParams params) {
    if (Thread.currentThread().isInterrupted()) {
      throw stopped(target);
    }
    Path file = target.toAbsolutePath();
    if (file.getParent() == null) {
      throw new QuantizationException(target + ": not a file");
    }
    List<GgufFile> files = GgufFile.readAll(source);
    ModelCheck.check(files, false);
    Quantization quantization = new Quantization(files, file, params);
    quantization.checkSource();
    quantization.checkTarget();
    quantization.run();
  }

  private static CancellationException stopped(Path target) {
    return new CancellationException(target + ": the quantization was stopped");
  }

  private void checkSource() {
    for (GgufFile file : source) {
      if (file.alignment() != ALIGNMENT) {
        throw new QuantizationException(
            String.format(
                Locale.ROOT,
                "%s: alignment %d: llama.cpp quantizes files with alignment %d only",
                file.path(),
                file.alignment(),
                ALIGNMENT));
      }
      for (GgufTensor tensor : file.tensors()) {
        if (tensor.type().isQuantized() && !params.allowRequantize()) {
          throw new InvalidValueException(
              "allowRequantize",
              String.format(
                  Locale.ROOT,
                  "false, but the source is quantized already, and would lose more: %s has %s",
                  file.path(),
                  tensor.type()));
        }
      }
    }
  }

  private void checkTarget() {
    if (!Files.isDirectory(folder)) {
      throw new QuantizationException(folder + ": no such directory");
    }
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new QuantizationException(target + ": already exists");
    }
  }

  private void run() {
    String number = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    Path part = folder.resolve(".llamastream-" + number + ".part");
    try {
      // has the permissions of any new file
      Files.createFile(part);
      // should the JVM exit meanwhile
      part.toFile().deleteOnExit();
      write(part);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      syncFolder();
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw stopped(target);
      }
      throw new QuantizationException(target + ": cannot be written: " + e, e);
    } finally {
      delete(part);
    }
  }

  private void write(Path part) throws IOException {
    QuantizeProgress progress = new QuantizeProgress(source, params.progressListener());
    int threads =
        params.threads() == 0 ? Runtime.getRuntime().availableProcessors() : params.threads();
    boolean done =
        Quantizer.quantize(
            source.getFirst().path(),
            part,
            params.type().fileType(),
            threads,
            params.allowRequantize(),
            progress::continues);
    if (!done) {
      throw stopped(target);
    }
    check(part);
    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    if (!progress.ends(target)) {
      throw stopped(target);
    }
    // another program may have written it meanwhile, and a move would replace it
    checkTarget();
  }

  /** llama.cpp notices most failures to write, but not all. */
  private void check(Path part) {
    try {
      GgufFile written = GgufFile.read(part);
      ModelCheck.check(List.of(written), false);
      int tensors = source.stream().mapToInt(file -> file.tensors().size()).sum();
      if (written.tensors().size() != tensors) {
        throw new ModelLoadException(written.tensors().size() + " tensors, must be " + tensors);
      }
    } catch (ModelLoadException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw stopped(target);
      }
      throw new QuantizationException(target + ": llama.cpp wrote no valid file: " + e, e);
    }
  }

  /** Makes the new name survive a power failure, where the operating system can. */
  private void syncFolder() {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows opens no folders
    }
  }

  private static void delete(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      System.getLogger("dev.llamastream")
          .log(System.Logger.Level.WARNING, part + " could not be deleted", e);
    }
  }
}
