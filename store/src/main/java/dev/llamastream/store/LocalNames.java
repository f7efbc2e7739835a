package dev.llamastream.store;

import static dev.llamastream.store.NameParts.quoted;
import static dev.llamastream.store.NameParts.refusal;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/** Paths as names of models. */
final class LocalNames {

  private LocalNames() {}

  /** Whether a name without a scheme is a path, not an alias. */
  static boolean isPath(String name) {
    return name.contains("/")
        || name.contains("\\")
        || name.startsWith(".")
        || name.startsWith("~")
        || isFile(name);
  }

  static boolean isFile(String name) {
    return name.toLowerCase(Locale.ROOT).endsWith(".gguf");
  }

  static Path parsed(String name) {
    try {
      if (name.equals("~") || name.startsWith("~/") || name.startsWith("~\\")) {
        return UserHome.of(System.getenv()).resolve(name.substring(Math.min(2, name.length())));
      }
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw refusal("path " + quoted(name) + ": " + e.getReason());
    }
  }

  /** Without the dots that only say that it is a path. */
  static Path checked(Path path) {
    Path rest = path;
    while (!rest.isAbsolute() && rest.startsWith(".") && rest.getNameCount() > 1) {
      rest = rest.subpath(1, rest.getNameCount());
    }
    if (rest.toString().isEmpty()) {
      throw refusal("the path is empty");
    }
    return rest;
  }

  static String text(Path path) {
    String text = path.toString();
    boolean clear = !text.startsWith("~") && isPath(text) && !NameParser.hasPrefix(text);
    return path.isAbsolute() || clear ? text : "./" + text;
  }
}
