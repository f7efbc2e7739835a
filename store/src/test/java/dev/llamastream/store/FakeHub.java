package dev.llamastream.store;

import dev.llamastream.store.internal.Sha256;
import dev.llamastream.store.internal.http.FaultyReply;
import dev.llamastream.store.internal.http.FaultyRequest;
import dev.llamastream.store.internal.http.FaultyServer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Hugging Face as its API documentation and its clients describe it: {@code
 * /api/models/…/revision}, {@code /api/models/…/tree} in pages, and {@code /…/resolve}, which
 * redirects to another host.
 */
final class FakeHub {

  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  private static final int PAGE = 2;

  private final FaultyServer server;
  private final String repository;
  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private String commit = COMMIT;
  private String token = "";

  /** A hub with one repository, {@code owner/name}. */
  FakeHub(FaultyServer server, String repository) {
    this.server = server;
    this.repository = repository;
    server.route("/api/models/" + repository + "/revision/main", this::revision);
  }

  FakeHub file(String path, byte[] content) {
    files.put(path, content);
    server.route("/" + repository + "/resolve/" + commit + "/" + path, r -> resolve(r, path));
    server.route("/cdn/" + Sha256.of(content), FaultyReply.of("application/octet-stream", content));
    server.route("/api/models/" + repository + "/tree/" + commit, this::tree);
    return this;
  }

  /** From now on there is another commit, without files. */
  FakeHub commit(String value) {
    commit = value;
    files.clear();
    return this;
  }

  /** From now on a token is needed, and others must accept the terms first. */
  FakeHub gated(String value) {
    token = value;
    return this;
  }

  private FaultyReply revision(FaultyRequest request) {
    return refusal(request)
        .orElseGet(
            () ->
                FaultyReply.json(
                    String.format(
                        Locale.ROOT,
                        "{\"id\":\"%s\",\"sha\":\"%s\",\"gated\":%s}",
                        repository,
                        commit,
                        token.isEmpty() ? "false" : "\"auto\"")));
  }

  private java.util.Optional<FaultyReply> refusal(FaultyRequest request) {
    String given = request.header("Authorization");
    if (token.isEmpty() || given.equals("Bearer " + token)) {
      return java.util.Optional.empty();
    }
    return java.util.Optional.of(
        given.isEmpty()
            ? FaultyReply.of(401).with("X-Error-Code", "GatedRepo")
            : FaultyReply.of(403).with("X-Error-Code", "GatedRepo"));
  }

  private FaultyReply tree(FaultyRequest request) {
    int from =
        request.query().contains("cursor=")
            ? Integer.parseInt(request.query().replaceFirst(".*cursor=", ""))
            : 0;
    List<String> entries = new ArrayList<>();
    List<String> paths = files.keySet().stream().skip(from).limit(PAGE).toList();
    if (from == 0) {
      entries.add(
          "{\"type\":\"directory\",\"oid\":\"" + COMMIT + "\",\"size\":0,\"path\":\"sub\"}");
    }
    for (String path : paths) {
      byte[] content = files.get(path);
      entries.add(
          String.format(
              Locale.ROOT,
              "{\"type\":\"file\",\"oid\":\"%s\",\"size\":%d,\"lfs\":{\"oid\":\"%s\",\"size\":%d,"
                  + "\"pointerSize\":135},\"path\":\"%s\"}",
              COMMIT,
              content.length,
              Sha256.of(content),
              content.length,
              path));
    }
    FaultyReply reply = FaultyReply.json("[" + String.join(",", entries) + "]");
    int next = from + PAGE;
    return next >= files.size()
        ? reply
        : reply.with(
            "Link",
            String.format(
                Locale.ROOT,
                "<%s?recursive=true&cursor=%d>; rel=\"next\"",
                server.uri("/api/models/" + repository + "/tree/" + commit),
                next));
  }

  private FaultyReply resolve(FaultyRequest request, String path) {
    byte[] content = files.get(path);
    return refusal(request)
        .orElseGet(
            () ->
                FaultyReply.redirect(302, server.otherUri("/cdn/" + Sha256.of(content)))
                    .with("X-Repo-Commit", commit)
                    .with("X-Linked-Size", String.valueOf(content.length))
                    .with("X-Linked-Etag", '"' + Sha256.of(content) + '"'));
  }
}
