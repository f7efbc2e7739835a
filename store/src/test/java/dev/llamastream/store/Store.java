package dev.llamastream.store;

import dev.llamastream.fixture.GgufWriter;
import dev.llamastream.store.internal.http.FaultyServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** A store of a test: all of its folders lie in one, and its registries are a test's server. */
final class Store {

  private Store() {}

  static StoreParams params(Path folder, FaultyServer server) {
    URI registry = URI.create(server.uri("/").toString().replaceFirst("/$", ""));
    return StoreParams.fromEnvironment(Map.of(), folder).toBuilder()
        .huggingFaceEndpoint(registry)
        .ollamaRegistry(registry)
        .build();
  }

  /** A GGUF file with one tensor of random numbers, and a name. */
  static byte[] gguf(String name, int kilobytes) {
    byte[] numbers = new byte[kilobytes * 1024];
    new Random(name.hashCode()).nextBytes(numbers);
    return new GgufWriter()
        .put("general.architecture", "llama")
        .put("general.name", name)
        .tensor("token_embd.weight", GgufWriter.F32, numbers, numbers.length / 4)
        .toByteArray();
  }

  /** The files in a folder by their paths, without the notes of use. */
  static List<String> files(Path folder) {
    try (Stream<Path> tree = Files.walk(folder)) {
      return tree.filter(path -> !Files.isDirectory(path))
          .map(path -> folder.relativize(path).toString())
          .filter(path -> !path.contains("/used/"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
