package dev.llamastream.internal.bindings;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** What jextract generated. */
final class Bindings {

  private Bindings() {}

  /** The classes, in no order, without nested ones and without the tests. */
  static List<Class<?>> classes() throws Exception {
    URI here = Objects.requireNonNull(LibLlama.class.getResource("LibLlama.class")).toURI();
    List<Class<?>> classes = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of(here).resolveSibling(""))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString().replace(".class", "");
        if (!name.contains("$")) {
          classes.add(Class.forName(LibLlama.class.getPackageName() + "." + name));
        }
      }
    }
    return classes;
  }
}
