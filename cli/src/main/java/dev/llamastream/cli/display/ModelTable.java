package dev.llamastream.cli.display;

import dev.llamastream.LlamaException;
import dev.llamastream.store.ByteSize;
import dev.llamastream.store.ModelDescription;
import dev.llamastream.store.StoredModel;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The models on this machine: a row each. */
public final class ModelTable {

  private final List<Row> rows;

  /** A model whose files are damaged has a problem instead of a description. */
  private record Row(
      StoredModel model,
      List<String> aliases,
      @Nullable ModelDescription description,
      String problem) {

    static Row of(StoredModel model, List<String> aliases) {
      try {
        return new Row(model, aliases, model.describe(), "");
      } catch (LlamaException e) {
        return new Row(model, aliases, null, String.valueOf(e.getMessage()));
      }
    }

    String name() {
      return aliases.isEmpty() ? model.name().toString() : aliases.getFirst();
    }
  }

  /**
   * Reads what the models' files say.
   *
   * @param aliases the short names of models by their paths
   */
  public ModelTable(List<StoredModel> models, Map<Path, List<String>> aliases) {
    rows =
        models.parallelStream()
            .map(model -> Row.of(model, aliases.getOrDefault(model.path(), List.of())))
            .toList();
  }

  /** Prints a table for people. */
  public void printTo(PrintWriter out, Instant now) {
    List<List<String>> table = new ArrayList<>();
    table.add(List.of("NAME", "SIZE", "TYPE", "PARAMETERS", "CONTEXT", "LAST USED", "IN"));
    for (Row row : rows) {
      ModelDescription description = row.description();
      table.add(
          List.of(
              row.name(),
              ByteSize.text(row.model().sizeInBytes()),
              description == null ? "damaged" : description.quantization(),
              description == null ? "" : count(description.parameters()),
              description == null ? "" : String.valueOf(description.contextSize()),
              row.model().lastUsed().map(used -> ago(Duration.between(used, now))).orElse("never"),
              place(row.model())));
    }
    new Columns(table).printTo(out);
  }

  private static String place(StoredModel model) {
    return switch (model.origin()) {
      case HUGGING_FACE -> "Hugging Face's cache";
      case OLLAMA -> "Ollama's store";
      case STORE -> "llamastream's store";
      case FILE -> "file";
    };
  }

  /** For instance {@code 135 M}, {@code 8.0 B}. */
  static String count(long parameters) {
    return parameters < 999_500_000
        ? String.format(Locale.ROOT, "%.0f M", parameters / 1e6)
        : String.format(Locale.ROOT, "%.1f B", parameters / 1e9);
  }

  private static String ago(Duration time) {
    long minutes = Math.max(0, time.toMinutes());
    if (minutes < 1) {
      return "just now";
    }
    if (minutes < 60) {
      return of(minutes, "minute");
    }
    return minutes < 24 * 60 ? of(minutes / 60, "hour") : of(minutes / (24 * 60), "day");
  }

  private static String of(long count, String unit) {
    return count + " " + unit + (count == 1 ? "" : "s") + " ago";
  }

  /** The models as maps and lists. */
  public List<Map<String, @Nullable Object>> tree() {
    List<Map<String, @Nullable Object>> tree = new ArrayList<>();
    for (Row row : rows) {
      Map<String, @Nullable Object> model = new LinkedHashMap<>();
      model.put("name", row.model().name().toString());
      model.put("aliases", row.aliases());
      model.put("path", row.model().path().toString());
      model.put("files", row.model().files().size());
      model.put("size", row.model().sizeInBytes());
      model.put("origin", row.model().origin().name().toLowerCase(Locale.ROOT));
      model.put("lastUsed", row.model().lastUsed().map(Instant::toString).orElse(null));
      ModelDescription description = row.description();
      if (description == null) {
        model.put("problem", row.problem());
      } else {
        model.put("architecture", description.architecture());
        model.put("quantization", description.quantization());
        model.put("parameters", description.parameters());
        model.put("contextSize", description.contextSize());
      }
      tree.add(model);
    }
    return tree;
  }
}
