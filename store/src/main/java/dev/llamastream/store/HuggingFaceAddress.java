package dev.llamastream.store;

import static dev.llamastream.store.NameParts.quoted;
import static dev.llamastream.store.NameParts.refusal;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A repository of Hugging Face as {@code hf:} or an address names it. */
final class HuggingFaceAddress {

  private static final String RIGHT_ONE = "hf:bartowski/Llama-3.2-1B-Instruct-GGUF:Q8_0";
  private static final String RIGHT_ADDRESS =
      "https://huggingface.co/owner/repository/resolve/main/model-Q8_0.gguf";

  private static final Pattern ADDRESS =
      Pattern.compile("(https?://)?(?:www\\.)?(?:hf\\.co|huggingface\\.co)/(.*)", Pattern.DOTALL);

  private static final List<String> VIEWS = List.of("resolve", "blob", "raw");

  private HuggingFaceAddress() {}

  static boolean isOne(String name) {
    return ADDRESS.matcher(lowerServer(name)).matches();
  }

  static ModelName parsed(String name) {
    Matcher matcher = ADDRESS.matcher(lowerServer(name));
    if (!matcher.matches()) {
      throw new IllegalStateException(name);
    }
    String rest = withoutQuery(name, matcher.group(2));
    List<String> parts = Arrays.asList(rest.split("/", -1));
    if (parts.size() > 3 && VIEWS.contains(parts.get(2))) {
      return file(name, parts);
    }
    if (parts.size() > 3 && parts.get(2).equals("tree")) {
      String revision = String.join("/", parts.subList(3, parts.size()));
      return new ModelName.HuggingFace(
          parts.get(0), parts.get(1), "", decodedRevision(name, revision));
    }
    return repository(rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest);
  }

  /** {@code owner/repository[:file][@revision]}. */
  static ModelName repository(String text) {
    int at = text.lastIndexOf('@');
    String revision = at < 0 ? "" : text.substring(at + 1);
    String path = at < 0 ? text : text.substring(0, at);
    int colon = path.indexOf(':');
    String file = colon < 0 ? "" : path.substring(colon + 1);
    String repository = colon < 0 ? path : path.substring(0, colon);
    if ((at >= 0 && revision.isEmpty()) || (colon >= 0 && file.isEmpty())) {
      throw refusal("hf:" + quoted(text) + " has an empty part", RIGHT_ONE);
    }
    String[] parts = repository.split("/", -1);
    if (parts.length > 2 && colon < 0 && repository.endsWith(".gguf")) {
      String inside = String.join("/", Arrays.asList(parts).subList(2, parts.length));
      throw refusal(
          quoted(text) + ": write a colon before the file",
          "hf:" + parts[0] + "/" + parts[1] + ":" + inside);
    }
    if (parts.length != 2) {
      throw refusal(quoted(text) + " is not an owner, one slash and a repository", RIGHT_ONE);
    }
    return new ModelName.HuggingFace(parts[0], parts[1], file, revision);
  }

  private static ModelName file(String name, List<String> parts) {
    String file = String.join("/", parts.subList(4, parts.size()));
    if (file.isEmpty()) {
      throw refusal(quoted(name) + " names no file", RIGHT_ADDRESS);
    }
    // one decoding: the file's rules refuse what is still encoded after it
    URI uri = UrlRules.parsed("https://huggingface.co/" + file);
    UrlRules.checkPath(uri);
    String decoded = uri.getPath().substring(1);
    if (!LocalNames.isFile(decoded)) {
      throw refusal(quoted(name) + " does not end in .gguf", RIGHT_ADDRESS);
    }
    return new ModelName.HuggingFace(
        parts.get(0), parts.get(1), decoded, decodedRevision(name, parts.get(3)));
  }

  /** {@code refs/pr/1} is one part of an address: {@code refs%2Fpr%2F1}. */
  private static String decodedRevision(String name, String revision) {
    if (revision.isEmpty()) {
      throw refusal(quoted(name) + " has an empty revision", RIGHT_ADDRESS);
    }
    return revision.replaceAll("(?i)%2f", "/");
  }

  private static String withoutQuery(String name, String rest) {
    int end = rest.indexOf('#');
    String text = end < 0 ? rest : rest.substring(0, end);
    int question = text.indexOf('?');
    if (question < 0) {
      return text;
    }
    if (!text.substring(question + 1).matches("(download=(true|1))?")) {
      throw refusal(quoted(name) + ": leave out what is after the ?", RIGHT_ADDRESS);
    }
    return text.substring(0, question);
  }

  /** A server's name has no case; the rest has. */
  private static String lowerServer(String name) {
    int scheme = name.indexOf("://");
    int slash = name.indexOf('/', scheme < 0 ? 0 : scheme + 3);
    return slash < 0
        ? name
        : name.substring(0, slash).toLowerCase(Locale.ROOT) + name.substring(slash);
  }
}
