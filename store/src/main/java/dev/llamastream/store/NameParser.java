package dev.llamastream.store;

import static dev.llamastream.store.NameParts.quoted;
import static dev.llamastream.store.NameParts.refusal;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds which form a name has. */
final class NameParser {

  private static final String RIGHT_ONES =
      "llama3.2:1b, hf:owner/repository:Q8_0, ollama:llama3.2:1b or ./model.gguf";

  /** One letter is a drive. */
  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):(.*)");

  private final String name;

  NameParser(String name) {
    this.name = name;
  }

  ModelName parse() {
    if (name.isBlank()) {
      throw refusal("is empty", RIGHT_ONES);
    }
    if (HuggingFaceAddress.isOne(name)) {
      return HuggingFaceAddress.parsed(name);
    }
    Matcher matcher = SCHEME.matcher(name);
    if (hasPrefix(name) && matcher.matches()) {
      return withPrefix(matcher.group(1).toLowerCase(Locale.ROOT), matcher.group(2));
    }
    if (LocalNames.isPath(name)) {
      return new ModelName.LocalFile(LocalNames.parsed(name));
    }
    return alias();
  }

  /** Whether this is no path, whatever follows. */
  static boolean hasPrefix(String name) {
    Matcher matcher = SCHEME.matcher(name);
    return HuggingFaceAddress.isOne(name)
        || (matcher.matches()
            && (matcher.group(2).startsWith("/")
                || AliasRules.PREFIXES.contains(matcher.group(1).toLowerCase(Locale.ROOT))));
  }

  private ModelName withPrefix(String prefix, String rest) {
    return switch (prefix) {
      case "hf" -> HuggingFaceAddress.repository(withoutSlashes(prefix, rest));
      case "ollama" -> ollama(withoutSlashes(prefix, rest));
      case "http", "https" -> url();
      case "file" -> throw refusal(quoted(name) + " is an address; write the path only");
      default ->
          throw refusal("names that begin with " + prefix + ": are not supported", RIGHT_ONES);
    };
  }

  private String withoutSlashes(String prefix, String rest) {
    if (rest.startsWith("/")) {
      throw refusal(
          quoted(name)
              + ": write "
              + prefix
              + ":"
              + rest.replaceFirst("^/+", "")
              + " without a slash after the colon");
    }
    return rest;
  }

  private static ModelName ollama(String rest) {
    int slash = rest.lastIndexOf('/');
    String path = slash < 0 ? "" : rest.substring(0, slash);
    String last = rest.substring(slash + 1);
    int colon = last.indexOf(':');
    String model = colon < 0 ? last : last.substring(0, colon);
    String tag = colon < 0 ? "" : last.substring(colon + 1);
    if ((colon >= 0 && tag.isEmpty()) || rest.startsWith("/")) {
      throw refusal(quoted("ollama:" + rest) + " has an empty part", "ollama:llama3.2:1b");
    }
    if (path.isEmpty()) {
      return new ModelName.Ollama("", "", model, tag);
    }
    int first = path.indexOf('/');
    String host = first < 0 ? "" : path.substring(0, first);
    String namespace = path.substring(first + 1);
    if (namespace.isEmpty() || first == 0) {
      throw refusal(quoted("ollama:" + rest) + " has an empty part", "ollama:llama3.2:1b");
    }
    return new ModelName.Ollama(host, namespace, model, tag);
  }

  private ModelName url() {
    Matcher page =
        Pattern.compile("https?://(?:www\\.)?ollama\\.com/(?:library/)?([^?#]+)").matcher(name);
    if (page.matches() && !LocalNames.isFile(name)) {
      throw refusal(quoted(name) + " is a page, not a file; write ollama:" + page.group(1));
    }
    return new ModelName.Url(UrlRules.parsed(name));
  }

  private ModelName alias() {
    int colon = name.indexOf(':');
    String tag = colon < 0 ? "" : name.substring(colon + 1);
    if (colon >= 0 && tag.isEmpty()) {
      throw refusal(quoted(name) + " has nothing after its colon", "llama3.2:1b");
    }
    return new ModelName.Alias(colon < 0 ? name : name.substring(0, colon), tag);
  }
}
