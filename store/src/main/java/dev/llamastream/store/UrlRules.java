package dev.llamastream.store;

import static dev.llamastream.store.NameParts.quoted;
import static dev.llamastream.store.NameParts.refusal;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Which addresses may name a file on a web server. */
final class UrlRules {

  static final String RIGHT_ONE = "https://example.com/models/model-Q8_0.gguf";

  /** Literal addresses and one reserved name: nobody else's server can answer to them. */
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[(::1|0:0:0:0:0:0:0:1)]");

  /** Dots, slashes and backslashes as escapes: code that splits the path does not see them. */
  private static final Pattern TRICKS = Pattern.compile("%(2e|2f|5c|25|[01][0-9a-f]|7f)");

  private static final Pattern USER = Pattern.compile("[^/]*//[^/?#]*@");

  private UrlRules() {}

  static URI parsed(String text) {
    refuseUser(text);
    NameParts.checkAscii("address", text, RIGHT_ONE);
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw refusal("address " + quoted(text) + ": " + e.getReason(), RIGHT_ONE);
    }
  }

  /** First of all: no message shows a password. */
  private static void refuseUser(String text) {
    if (USER.matcher(text).lookingAt()) {
      throw refusal("the address has a user's name in it; leave out what is before the @");
    }
  }

  private static void checkServer(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (uri.getHost() == null) {
      throw refusal("address " + quoted(uri.toString()) + " has no server", RIGHT_ONE);
    }
    if (uri.getPort() == 0 || uri.getPort() > 65535) {
      throw refusal("address " + quoted(uri.toString()) + " has no port in [1, 65535]", RIGHT_ONE);
    }
    boolean loopback = LOOPBACK.matcher(uri.getHost().toLowerCase(Locale.ROOT)).matches();
    if (scheme.equals("http") && !loopback) {
      throw refusal(
          "address "
              + quoted(uri.toString())
              + " is not encrypted: anyone on the way could replace the model; write https://",
          RIGHT_ONE);
    }
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw refusal("addresses that begin with " + scheme + ": are not supported", RIGHT_ONE);
    }
  }

  static void check(URI uri) {
    String text = uri.toString();
    refuseUser(text);
    NameParts.checkLength("address", text, 4096, RIGHT_ONE);
    NameParts.checkAscii("address", text, RIGHT_ONE);
    checkServer(uri);
    if (HuggingFaceAddress.isOne(text)) {
      throw refusal("address " + quoted(text) + " is that of a repository", "hf:owner/repository");
    }
    checkPath(uri);
    if (uri.getRawFragment() != null) {
      throw refusal("address " + quoted(text) + " has a # in it; leave out the rest", RIGHT_ONE);
    }
    if (!LocalNames.isFile(uri.getRawPath())) {
      throw refusal(
          "address " + quoted(text) + " is not that of a file that ends in .gguf", RIGHT_ONE);
    }
  }

  static void checkPath(URI uri) {
    String path = uri.getRawPath();
    String text = uri.toString();
    if (TRICKS.matcher(path.toLowerCase(Locale.ROOT)).find()) {
      throw refusal(
          "address " + quoted(text) + " has an encoded dot, slash or control character", RIGHT_ONE);
    }
    for (String part : path.substring(Math.min(1, path.length())).split("/", -1)) {
      if (part.equals(".") || part.equals("..")) {
        throw refusal("address " + quoted(text) + " has the part " + part, RIGHT_ONE);
      }
    }
    if (path.contains("//")) {
      throw refusal("address " + quoted(text) + " has an empty part", RIGHT_ONE);
    }
  }
}
