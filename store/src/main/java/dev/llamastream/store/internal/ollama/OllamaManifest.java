package dev.llamastream.store.internal.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.internal.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a model of Ollama's consists of: an OCI image manifest with layers of Ollama's own media
 * types.
 *
 * @param layers all of them; the first of type {@link #MODEL} is the model
 */
record OllamaManifest(List<Layer> layers) {

  static final String ACCEPTED = "application/vnd.docker.distribution.manifest.v2+json";
  static final String MODEL = "application/vnd.ollama.image.model";

  private static final String ADAPTER = "application/vnd.ollama.image.adapter";
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
  private static final int MAX_LAYERS = 100;

  /**
   * A layer.
   *
   * @param digest {@code sha256:} and 64 hexadecimal digits
   */
  record Layer(String mediaType, String digest, long size) {
    String sha256() {
      return digest.substring("sha256:".length());
    }
  }

  OllamaManifest {
    layers = List.copyOf(layers);
  }

  /**
   * Reads a manifest, and checks that it describes a model that llama.cpp can load.
   *
   * @param from where it comes from, for messages
   */
  static OllamaManifest read(byte[] json, Object from) {
    JsonNode entries = Json.read(json, from).path("layers");
    if (!entries.isArray() || entries.size() > MAX_LAYERS) {
      throw failure(from, "has no list of at most " + MAX_LAYERS + " layers");
    }
    List<Layer> layers = new ArrayList<>();
    for (JsonNode entry : entries) {
      Layer layer =
          new Layer(
              entry.path("mediaType").asText(),
              entry.path("digest").asText(),
              entry.path("size").asLong(-1));
      if (!DIGEST.matcher(layer.digest()).matches()) {
        throw failure(from, "has a layer whose digest is '" + layer.digest() + "'");
      }
      if (layer.size() < 0) {
        throw failure(from, "has a layer without a size");
      }
      layers.add(layer);
    }
    OllamaManifest manifest = new OllamaManifest(layers);
    manifest.model(from);
    return manifest;
  }

  private Layer model(Object from) {
    if (layers.stream().anyMatch(layer -> layer.mediaType().equals(ADAPTER))) {
      throw new ModelStoreException(
          Reason.UNSUPPORTED,
          from + " is an adapter over another model, which llamastream cannot apply");
    }
    List<Layer> models = layers.stream().filter(layer -> layer.mediaType().equals(MODEL)).toList();
    if (models.size() != 1) {
      throw new ModelStoreException(
          Reason.UNSUPPORTED,
          String.format(
              Locale.ROOT, "%s has %d GGUF files, and one is needed", from, models.size()));
    }
    return models.getFirst();
  }

  Layer model() {
    return model("it");
  }

  private static ModelStoreException failure(Object from, String what) {
    return new ModelStoreException(Reason.WRONG_CONTENT, "the manifest of " + from + " " + what);
  }
}
