package dev.llamastream.springboot;

import dev.llamastream.Model;
import dev.llamastream.ModelLoadException;
import dev.llamastream.ModelParams;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds and loads the model that a property names. */
final class ModelFile {

  private ModelFile() {}

  /**
   * Loads a model.
   *
   * @param value the property's value
   * @throws BadPropertyException if there is no such model
   */
  static Model load(String property, @Nullable String value, ModelParams params) {
    if (value == null || value.isBlank()) {
      throw new BadPropertyException(
          property,
          "is not set",
          String.format(
              Locale.ROOT,
              "Set %s to the path of a GGUF file. If the application is to use another starter's"
                  + " model, name it: spring.ai.model.chat=openai, for instance, or none.",
              property));
    }
    try {
      return Model.load(path(value), params);
    } catch (ModelLoadException | InvalidPathException e) {
      throw new BadPropertyException(
          property,
          "is " + value + ", which cannot be loaded: " + e.getMessage(),
          String.format(
              Locale.ROOT,
              "Set %s to the path of a GGUF file. Relative paths begin in %s.",
              property,
              Path.of("").toAbsolutePath()));
    }
  }

  /** What a model is called in observations. */
  static String name(Model model) {
    String name = model.info().name();
    return name.isBlank() ? model.info().description() : name;
  }

  /** The only place that knows what the text means. */
  private static Path path(String value) {
    return Path.of(value);
  }
}
