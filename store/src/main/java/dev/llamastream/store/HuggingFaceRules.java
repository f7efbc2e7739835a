package dev.llamastream.store;

import static dev.llamastream.store.NameParts.quoted;
import static dev.llamastream.store.NameParts.refusal;

import java.util.List;
import java.util.Locale;

/**
 * What Hugging Face allows as names, see {@code _validators.py} of huggingface_hub; and what a file
 * in a repository may be called, so that it stays in its folder on every system.
 */
final class HuggingFaceRules {

  private static final String RIGHT_ONE = "hf:bartowski/Llama-3.2-1B-Instruct-GGUF:Q8_0";
  private static final String RIGHT_FILE = "hf:owner/repository:folder/model-Q8_0.gguf";
  private static final String RIGHT_REVISION = "hf:owner/repository@main";

  /** Windows gives them a meaning. {@code %} would be decoded by some server on the way. */
  private static final String NOT_IN_FILES = "\\:*?\"<>|%";

  private HuggingFaceRules() {}

  static void checkRepository(String owner, String repository) {
    checkName("owner", owner);
    checkName("repository", repository);
    if (List.of("datasets", "spaces", "models").contains(owner)) {
      throw refusal(owner + "/" + quoted(repository) + " is no repository of a model", RIGHT_ONE);
    }
    if (repository.endsWith(".git")) {
      throw refusal("repository " + quoted(repository) + " ends in .git", RIGHT_ONE);
    }
  }

  private static void checkName(String what, String name) {
    NameParts.check(what, name, 96, "-_.", RIGHT_ONE);
    if (isDashOrDot(name.charAt(0)) || isDashOrDot(name.charAt(name.length() - 1))) {
      throw refusal(what + " " + quoted(name) + " begins or ends with - or .", RIGHT_ONE);
    }
    if (name.contains("--") || name.contains("..")) {
      throw refusal(what + " " + quoted(name) + " has -- or .. in it", RIGHT_ONE);
    }
  }

  private static boolean isDashOrDot(char c) {
    return c == '-' || c == '.';
  }

  /** A quantization in upper case, a path as it is, or empty. */
  static String checkedFile(String file) {
    if (file.isEmpty()) {
      return file;
    }
    if (isPath(file)) {
      checkPath(file);
      return file;
    }
    NameParts.check("quantization", file, 64, "-_.", RIGHT_ONE);
    if (!NameParts.isLetterOrDigit(file.charAt(0)) || file.contains("..")) {
      throw refusal("quantization " + quoted(file) + " is none", RIGHT_ONE);
    }
    String upper = file.toUpperCase(Locale.ROOT);
    // as a tag of hf.co in Ollama: the default
    return upper.equals("LATEST") ? "" : upper;
  }

  private static boolean isPath(String file) {
    return file.contains("/") || file.contains("\\") || LocalNames.isFile(file);
  }

  private static void checkPath(String file) {
    NameParts.checkLength("file", file, 1024, RIGHT_FILE);
    NameParts.checkAscii("file", file, RIGHT_FILE);
    file.chars()
        .filter(c -> NOT_IN_FILES.indexOf(c) >= 0)
        .findFirst()
        .ifPresent(
            c -> {
              throw refusal("file " + quoted(file) + " has " + (char) c, RIGHT_FILE);
            });
    if (file.startsWith("/")) {
      throw refusal("file " + quoted(file) + " is an absolute path", RIGHT_FILE);
    }
    for (String part : file.split("/", -1)) {
      checkPart(file, part);
    }
    if (!LocalNames.isFile(file)) {
      throw refusal("file " + quoted(file) + " does not end in .gguf", RIGHT_FILE);
    }
  }

  private static void checkPart(String file, String part) {
    if (part.isEmpty()) {
      throw refusal("file " + quoted(file) + " has an empty part", RIGHT_FILE);
    }
    if (part.equals(".") || part.equals("..")) {
      throw refusal("file " + quoted(file) + " has the part " + part, RIGHT_FILE);
    }
    // Windows drops them: ". ./x" could leave its folder
    if (part.startsWith(" ") || part.endsWith(" ") || part.endsWith(".")) {
      throw refusal(
          "file " + quoted(file) + " has a part that begins with a space or ends with a space or .",
          RIGHT_FILE);
    }
    NameParts.checkLength("file's part", part, 255, RIGHT_FILE);
  }

  /** A subset of what git check-ref-format allows. */
  static void checkRevision(String revision) {
    NameParts.check("revision", revision, 255, "-_./+", RIGHT_REVISION);
    for (String part : revision.split("/", -1)) {
      if (part.isEmpty()
          || part.startsWith(".")
          || part.startsWith("-")
          || part.endsWith(".")
          || part.endsWith(".lock")
          || part.contains("..")) {
        throw refusal(
            "revision " + quoted(revision) + " is no branch, tag or commit", RIGHT_REVISION);
      }
    }
  }
}
