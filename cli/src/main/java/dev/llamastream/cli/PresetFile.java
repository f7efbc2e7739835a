package dev.llamastream.cli;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.llamastream.InvalidValueException;
import dev.llamastream.store.ModelName;
import dev.llamastream.store.ModelName.LocalFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;

/**
 * Which models to serve, and how, from a file in TOML.
 *
 * @param memory the budget in bytes, if the file has one
 * @param idleUnload after how much time without use to unload a model, if the file says so
 * @param models in the order of the file
 */
record PresetFile(Optional<Long> memory, Optional<Duration> idleUnload, List<ServedName> models) {

  private static final long LARGEST = 1 << 20;
  private static final Set<String> KEYS = Set.of("memory", "idle-unload", "models");

  /**
   * Reads a file.
   *
   * @throws InvalidValueException if it is no TOML, or has an unknown key or a wrong value
   * @throws IOException if it cannot be read
   */
  static PresetFile read(Path file) throws IOException {
    if (Files.size(file) > LARGEST) {
      throw new InvalidValueException(file.toString(), "must have at most " + LARGEST + " bytes");
    }
    String text = Utf8.decode(file.toString(), Files.readAllBytes(file));
    PresetTable root = parse(file, text).withKeys(KEYS);
    PresetTable models = root.table("models");
    List<ServedName> names = new ArrayList<>();
    models
        .fields()
        .fieldNames()
        .forEachRemaining(name -> names.add(named(name, models.table(name), file.getParent())));
    if (names.isEmpty()) {
      throw root.wrong("models", "must have a table for each model, such as [models.small]");
    }
    return new PresetFile(
        converted(root, "memory", new SizeConverter()::convert),
        converted(root, "idle-unload", new TimeConverter()::convert),
        names);
  }

  private static PresetTable parse(Path file, String text) {
    try {
      return new PresetTable(file + ":", new TomlMapper().readTree(text));
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw new InvalidValueException(
          String.format(Locale.ROOT, "%s:%d", file, at == null ? 1 : at.getLineNr()),
          e.getOriginalMessage());
    }
  }

  private static ServedName named(String name, PresetTable table, @Nullable Path folder) {
    table.withKeys(ServedName.KEYS);
    String model = table.text("model").orElseThrow(() -> table.wrong("model", "missing"));
    return new ServedName(
        relative(model, folder),
        Optional.of(name),
        table.texts("aliases").orElse(List.of()),
        table);
  }

  /** A file's path starts from the folder of the preset file. */
  private static String relative(String model, @Nullable Path folder) {
    return folder != null && ModelName.parse(model) instanceof LocalFile file
        ? folder.resolve(file.path()).toString()
        : model;
  }

  private static <T> Optional<T> converted(
      PresetTable table, String key, Function<String, T> converter) {
    try {
      return table.text(key).map(converter);
    } catch (TypeConversionException e) {
      throw table.wrong(key, String.valueOf(e.getMessage()));
    }
  }
}
