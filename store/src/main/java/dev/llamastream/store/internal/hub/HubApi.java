package dev.llamastream.store.internal.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.store.ModelName.HuggingFace;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.internal.Json;
import dev.llamastream.store.internal.http.Credentials;
import dev.llamastream.store.internal.http.Web;
import dev.llamastream.store.internal.http.WebAnswer;
import java.net.URI;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Hugging Face's API as far as the store needs it: the commit of a revision, its files, and where
 * their content is. See <a href="https://huggingface.co/docs/hub/api">its documentation</a>.
 */
final class HubApi {

  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern BLOB = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
  private static final Pattern NEXT = Pattern.compile("<([^>]*)>;\\s*rel=\"next\"");

  /** A repository of this many files is none that anybody made by hand. */
  private static final int MAX_FILES = 100_000;

  private final Web web;
  private final URI endpoint;
  private final Credentials credentials;

  HubApi(Web web, URI endpoint, String token) {
    this.web = web;
    this.endpoint = endpoint;
    this.credentials = token.isEmpty() ? Credentials.NONE : Credentials.bearer(endpoint, token);
  }

  static boolean isCommit(String revision) {
    return COMMIT.matcher(revision).matches();
  }

  Credentials credentials() {
    return credentials;
  }

  /** Where the content of a file is. */
  URI content(HuggingFace name, String commit, String path) {
    return uri(repository(name) + "/resolve/" + encoded(commit) + "/" + encodedPath(path));
  }

  /** The commit that a revision is at. */
  String commit(HuggingFace name) {
    if (isCommit(name.revision())) {
      return name.revision();
    }
    URI uri = uri("api/models/" + repository(name) + "/revision/" + encoded(name.revision()));
    String commit = json(name, uri).path("sha").asText();
    if (!isCommit(commit)) {
      throw new ModelStoreException(
          Reason.WRONG_CONTENT, "the answer of " + uri + " names no commit");
    }
    return commit;
  }

  /**
   * The files of a commit, in the hub's order. Those with a path that leads elsewhere are left out.
   */
  List<HubFile> files(HuggingFace name, String commit) {
    List<HubFile> files = new ArrayList<>();
    Set<URI> seen = new HashSet<>();
    URI page = uri("api/models/" + repository(name) + "/tree/" + commit + "?recursive=true");
    while (page != null && seen.add(page)) {
      WebAnswer answer = answer(name, page);
      for (JsonNode entry : Json.read(answer.body(), page)) {
        if (entry.path("type").asText().equals("file") && isInside(entry.path("path").asText())) {
          files.add(file(entry));
        }
      }
      if (files.size() > MAX_FILES) {
        throw new ModelStoreException(
            Reason.WRONG_CONTENT, name + " lists more than " + MAX_FILES + " files");
      }
      page = next(page, answer.header("Link"));
    }
    return files;
  }

  private static HubFile file(JsonNode entry) {
    JsonNode lfs = entry.path("lfs");
    String sha256 = lfs.path("oid").asText();
    String blob = lfs.isObject() ? sha256 : entry.path("oid").asText();
    return new HubFile(
        entry.path("path").asText(),
        lfs.path("size").asLong(entry.path("size").asLong(-1)),
        SHA256.matcher(sha256).matches() ? sha256 : "",
        BLOB.matcher(blob).matches() ? blob : "");
  }

  /** Another host's pages are not followed: they would get the token's answers. */
  private @Nullable URI next(URI page, String link) {
    Matcher matcher = NEXT.matcher(link);
    if (!matcher.find()) {
      return null;
    }
    URI next = page.resolve(matcher.group(1));
    return String.valueOf(next.getRawAuthority()).equals(endpoint.getRawAuthority()) ? next : null;
  }

  static boolean isInside(String path) {
    return !path.isEmpty()
        && path.indexOf('\\') < 0
        && path.indexOf(':') < 0
        && Arrays.stream(path.split("/", -1))
            .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
  }

  private JsonNode json(HuggingFace name, URI uri) {
    return Json.read(answer(name, uri).body(), uri);
  }

  private WebAnswer answer(HuggingFace name, URI uri) {
    WebAnswer answer = web.get(uri, credentials, Map.of("Accept", "application/json"));
    if (answer.status() / 100 == 2) {
      return answer;
    }
    throw new HubFailure(name, !credentials.equals(Credentials.NONE), endpoint).of(answer);
  }

  private URI uri(String path) {
    return URI.create(endpoint + "/" + path);
  }

  private static String repository(HuggingFace name) {
    return name.owner() + "/" + name.repository();
  }

  private static String encodedPath(String path) {
    return Arrays.stream(path.split("/")).map(HubApi::encoded).collect(Collectors.joining("/"));
  }

  private static String encoded(String part) {
    return URLEncoder.encode(part, UTF_8).replace("+", "%20");
  }
}
