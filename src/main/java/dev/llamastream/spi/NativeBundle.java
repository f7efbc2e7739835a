package dev.llamastream.spi;

import dev.llamastream.internal.natives.ResourceNatives;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * A set of native libraries in a jar. {@link java.util.ServiceLoader} finds the providers. The
 * library's own natives jars are resources under {@code META-INF/llamastream/native/<platform>/}
 * and need no provider on the class path.
 *
 * @since 0.1.0
 */
public interface NativeBundle {

  /** The platform of the libraries, for instance {@code linux-x86_64}, {@code macos-aarch64}. */
  String platform();

  /**
   * The content's hash in at least 16 hexadecimal digits. It names the directory into which the
   * files are extracted once.
   */
  String contentHash();

  /** The plain names of all files. */
  List<String> files();

  /** Opens one of the files; the caller closes it. */
  InputStream open(String file) throws IOException;

  /**
   * The bundle that a module contains under {@code META-INF/llamastream/native/<platform>/}.
   *
   * @throws IOException if the module has nothing for that platform, or its list of files cannot be
   *     read
   */
  static NativeBundle of(Module module, String platform) throws IOException {
    return ResourceNatives.find(platform, module::getResourceAsStream)
        .orElseThrow(
            () -> new FileNotFoundException(module + " has no " + ResourceNatives.list(platform)));
  }
}
