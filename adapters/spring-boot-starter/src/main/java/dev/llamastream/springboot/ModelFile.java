package dev.llamastream.springboot;

import dev.llamastream.InvalidValueException;
import dev.llamastream.Model;
import dev.llamastream.ModelLoadException;
import dev.llamastream.ModelParams;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.Models;
import dev.llamastream.store.PullListener;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds, downloads if need be, and loads the model that a property names. */
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
              "Set %s to a model's name, such as llama3.2:1b, or the path of a GGUF file. If the application is to use another starter's"
                  + " model, name it: spring.ai.model.chat=openai, for instance, or none.",
              property));
    }
    try {
      return Models.open(value, params, PullListener.logging());
    } catch (ModelLoadException | ModelStoreException | InvalidValueException e) {
      throw new BadPropertyException(
          property,
          "is " + value + ", which cannot be loaded: " + e.getMessage(),
          String.format(
              Locale.ROOT,
              "Set %s to a model's name, such as llama3.2:1b, or the path of a GGUF file. Relative"
                  + " paths begin in %s.",
              property,
              Path.of("").toAbsolutePath()));
    }
  }

  /** What a model is called in observations. */
  static String name(Model model) {
    String name = model.info().name();
    return name.isBlank() ? model.info().description() : name;
  }
}
