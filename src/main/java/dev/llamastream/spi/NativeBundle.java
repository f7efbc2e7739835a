package dev.llamastream.spi;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * A set of native libraries that travels in a jar. Providers are found with {@link
 * java.util.ServiceLoader}. The library's own natives jars need no provider: they are resources
 * under {@code META-INF/llamastream/native/<platform>/}.
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
}
