package dev.llamastream.store;

import static dev.llamastream.store.NameParts.quoted;
import static dev.llamastream.store.NameParts.refusal;

import java.util.Locale;
import java.util.Set;

/** What a name in the alias table may be. */
final class AliasRules {

  /** What stands before a colon, and so is no name. */
  static final Set<String> PREFIXES = Set.of("hf", "ollama", "http", "https", "file");

  private static final String RIGHT_ONE = "llama3.2:1b";
  private static final int MOST = 80;

  private AliasRules() {}

  static void check(String name, String tag) {
    checkPart("model", name);
    if (!tag.isEmpty()) {
      checkPart("tag", tag);
    }
    if (PREFIXES.contains(name.toLowerCase(Locale.ROOT))) {
      throw refusal(quoted(name) + " is no name of a model but the beginning of one", RIGHT_ONE);
    }
    if (tag.isEmpty() && LocalNames.isFile(name)) {
      throw refusal(quoted(name) + " is the name of a file", RIGHT_ONE);
    }
  }

  private static void checkPart(String what, String part) {
    NameParts.check(what, part, MOST, "-_.", RIGHT_ONE);
    if (!NameParts.isLetterOrDigit(part.charAt(0))) {
      throw refusal(what + " " + quoted(part) + " begins with " + part.charAt(0), RIGHT_ONE);
    }
  }
}
