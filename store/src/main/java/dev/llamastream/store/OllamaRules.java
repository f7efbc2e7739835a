package dev.llamastream.store;

import static dev.llamastream.store.NameParts.quoted;
import static dev.llamastream.store.NameParts.refusal;

/** What Ollama allows as names, see its {@code types/model/name.go}. */
final class OllamaRules {

  private static final String RIGHT_ONE = "ollama:llama3.2:1b";
  private static final String RIGHT_HOST = "ollama:host:5000/library/llama3.2:1b";
  private static final int MOST = 80;

  private OllamaRules() {}

  static void check(String host, String namespace, String model, String tag) {
    if (!host.isEmpty()) {
      checkHost(host);
    }
    checkPart("namespace", namespace, "-_");
    checkPart("model", model, "-_.");
    checkPart("tag", tag, "-_.");
  }

  private static void checkPart(String what, String part, String others) {
    NameParts.check(what, part, MOST, others, RIGHT_ONE);
    char first = part.charAt(0);
    if (!NameParts.isLetterOrDigit(first) && first != '_') {
      throw refusal(what + " " + quoted(part) + " begins with " + first, RIGHT_ONE);
    }
    // Ollama's rules let it through; as a file's name it could still leave its folder
    if (part.contains("..")) {
      throw refusal(what + " " + quoted(part) + " has .. in it", RIGHT_ONE);
    }
  }

  private static void checkHost(String host) {
    NameParts.check("host", host, 350, "-_.:", RIGHT_HOST);
    int colon = host.indexOf(':');
    String name = colon < 0 ? host : host.substring(0, colon);
    if (name.isEmpty()
        || !NameParts.isLetterOrDigit(name.charAt(0))
        || !NameParts.isLetterOrDigit(name.charAt(name.length() - 1))
        || name.contains("..")) {
      throw refusal("host " + quoted(host) + " is no server", RIGHT_HOST);
    }
    if (colon >= 0 && !isPort(host.substring(colon + 1))) {
      throw refusal("host " + quoted(host) + " has no port in [1, 65535]", RIGHT_HOST);
    }
  }

  private static boolean isPort(String text) {
    return text.matches("[1-9][0-9]{0,4}") && Integer.parseInt(text) <= 65535;
  }
}
