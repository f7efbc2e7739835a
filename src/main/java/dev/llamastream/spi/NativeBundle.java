package dev.llamastream.spi;

import dev.llamastream.internal.natives.ResourceNatives;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * A set of native libraries that travels in a jar. Providers are found with {@link
 * java.util.ServiceLoader}. The library's own natives jars are resources under {@code
 * META-INF/llamastream/native/<platform>/}; on the class path they need no provider.
 *
 * @since 0.1.0
 */
public interface NativeBundle {

  /** For which platform, for instance {@code linux-x86_64}, {@code macos-aarch64}. */
  String platform();

  /**
   * The content's hash in hexadecimal digits, at least 16 of them. Names the directory into which
   * the files are extracted once.
   */
  String contentHash();

  /** Plain names of all files. */
  List<String> files();

  /** Opens one of the files; the caller closes it. */
  InputStream open(String file) throws IOException;

  /**
   * What a module has under {@code META-INF/llamastream/native/<platform>/}.
   *
   * @throws IOException if it has nothing for that platform, or its list of files cannot be read
   */
  static NativeBundle of(Module module, String platform) throws IOException {
    return ResourceNatives.find(platform, module::getResourceAsStream)
        .orElseThrow(
            () -> new FileNotFoundException(module + " has no " + ResourceNatives.list(platform)));
  }
}
