package dev.llamastream.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.store.internal.Sha256;
import dev.llamastream.store.internal.http.FaultyReply;
import dev.llamastream.store.internal.http.FaultyServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Ollama's registry: manifests, and blobs by digest, which are redirected to another host. */
final class FakeOllama {

  private final FaultyServer server;
  private final String model;
  private final List<String> layers = new ArrayList<>();

  /** A registry with one model, {@code namespace/model}. */
  FakeOllama(FaultyServer server, String model) {
    this.server = server;
    this.model = model;
  }

  FakeOllama layer(String kind, byte[] content) {
    String sha256 = Sha256.of(content);
    layers.add(
        String.format(
            Locale.ROOT,
            "{\"mediaType\":\"application/vnd.ollama.image.%s\",\"digest\":\"sha256:%s\",\"size\":%d}",
            kind,
            sha256,
            content.length));
    server.route(
        "/v2/" + model + "/blobs/sha256:" + sha256,
        FaultyReply.redirect(307, server.otherUri("/r2/" + sha256)));
    server.route("/r2/" + sha256, FaultyReply.of("application/octet-stream", content));
    return this;
  }

  FakeOllama layer(String kind, String content) {
    return layer(kind, content.getBytes(UTF_8));
  }

  /** Publishes the layers so far under a tag. */
  FakeOllama tag(String tag) {
    server.route("/v2/" + model + "/manifests/" + tag, FaultyReply.json(manifest()));
    return this;
  }

  String manifest() {
    return String.format(
        Locale.ROOT,
        "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.docker.distribution.manifest.v2+json\","
            + "\"config\":{\"mediaType\":\"application/vnd.docker.container.image.v1+json\",\"digest\":"
            + "\"sha256:%s\",\"size\":2},\"layers\":[%s]}",
        Sha256.of("{}".getBytes(UTF_8)),
        String.join(",", layers));
  }
}
