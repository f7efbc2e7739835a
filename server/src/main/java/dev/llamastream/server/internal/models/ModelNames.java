package dev.llamastream.server.internal.models;

import dev.llamastream.InvalidValueException;
import dev.llamastream.server.internal.json.ApiError;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Models by their names and aliases. Ollama's tag {@code latest} may be there or not. Immutable.
 *
 * @param <M> a model
 */
final class ModelNames<M> {

  private static final String LATEST = ":latest";
  private static final int SHOWN = 100;

  private final List<M> models;
  private final Map<String, M> byName = new HashMap<>();
  private final String listed;

  /**
   * Maps names.
   *
   * @param specs checked by {@link #check}
   * @param models one for each of the specs
   */
  ModelNames(List<ModelSpec> specs, List<M> models) {
    this.models = List.copyOf(models);
    for (int i = 0; i < specs.size(); i++) {
      M model = models.get(i);
      all(specs.get(i)).forEach(name -> byName.put(name, model));
    }
    listed = specs.stream().map(ModelSpec::name).collect(Collectors.joining(", "));
  }

  /**
   * Checks that there are models and that each name leads to one of them.
   *
   * @throws InvalidValueException if there are none, or two share a name
   */
  static void check(List<ModelSpec> specs) {
    if (specs.isEmpty()) {
      throw new InvalidValueException("models", "there are none to serve");
    }
    Map<String, String> owners = new HashMap<>();
    for (ModelSpec spec : specs) {
      all(spec)
          .forEach(
              name -> {
                String owner = owners.putIfAbsent(name, spec.name());
                if (owner != null) {
                  throw new InvalidValueException("models", twice(name, owner, spec.name()));
                }
              });
    }
  }

  private static String twice(String name, String one, String other) {
    return plain(one).equals(plain(other))
        ? "two are called " + one
        : name + " is a name of both " + one + " and " + other;
  }

  private static Stream<String> all(ModelSpec spec) {
    return Stream.concat(Stream.of(spec.name()), spec.aliases().stream())
        .map(ModelNames::plain)
        .distinct();
  }

  private static String plain(String name) {
    return name.endsWith(LATEST) ? name.substring(0, name.length() - LATEST.length()) : name;
  }

  /**
   * Finds a model. An empty name is the first one's. A single model has all names.
   *
   * @throws ApiError 404 if there is none of this name
   */
  M find(String name) {
    if (name.isEmpty() || models.size() == 1) {
      return models.getFirst();
    }
    M model = byName.get(plain(name));
    if (model == null) {
      String shown = name.length() > SHOWN ? name.substring(0, SHOWN) + "..." : name;
      throw ApiError.noModel("model: there is no " + shown + ", must be one of: " + listed);
    }
    return model;
  }
}
