package dev.llamastream.store;

import static java.util.Objects.requireNonNull;

import dev.llamastream.InvalidValueException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;

/** The values of {@link StoreParams} and their checks. */
record StoreValues(
    Path folder,
    Path huggingFaceCache,
    Path ollamaFolder,
    Path aliasFile,
    URI huggingFaceEndpoint,
    String huggingFaceToken,
    URI ollamaRegistry,
    boolean offline,
    Preference preference,
    boolean anySize,
    int connections) {

  StoreValues {
    requireNonNull(folder, "folder");
    requireNonNull(huggingFaceCache, "huggingFaceCache");
    requireNonNull(ollamaFolder, "ollamaFolder");
    requireNonNull(aliasFile, "aliasFile");
    checkServer("huggingFaceEndpoint", huggingFaceEndpoint);
    checkToken(huggingFaceToken);
    checkServer("ollamaRegistry", ollamaRegistry);
    requireNonNull(preference, "preference");
    if (connections < 1 || connections > 16) {
      throw InvalidValueException.outOfRange("connections", "", connections, "[1, 16]");
    }
  }

  private static void checkServer(String field, URI uri) {
    requireNonNull(uri, field);
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!(scheme.equals("https") || scheme.equals("http"))
        || uri.getHost() == null
        || uri.getRawUserInfo() != null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      throw new InvalidValueException(
          field, uri + " is not the address of a server, such as https://huggingface.co");
    }
  }

  /** The message leaves the token out. */
  private static void checkToken(String token) {
    requireNonNull(token, "huggingFaceToken");
    if (!token.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new InvalidValueException(
          "huggingFaceToken", "has a character that no token has, such as a space");
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "StoreValues[folder=%s, huggingFaceCache=%s, ollamaFolder=%s, aliasFile=%s,"
            + " huggingFaceEndpoint=%s, ollamaRegistry=%s, offline=%s, preference=%s, anySize=%s,"
            + " connections=%d]",
        folder,
        huggingFaceCache,
        ollamaFolder,
        aliasFile,
        huggingFaceEndpoint,
        ollamaRegistry,
        offline,
        preference,
        anySize,
        connections);
  }
}
