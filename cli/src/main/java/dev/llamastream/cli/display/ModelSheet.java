package dev.llamastream.cli.display;

import dev.llamastream.store.ByteSize;
import dev.llamastream.store.GenerationDefaults;
import dev.llamastream.store.MemoryNeed;
import dev.llamastream.store.ModelDescription;
import dev.llamastream.store.StoredModel;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All about one model. */
public final class ModelSheet {

  private static final int MAX_LINES = 12;

  private final StoredModel model;
  private final ModelDescription description;
  private final int contextSize;

  /**
   * Reads what a model's files say.
   *
   * @param contextSize for the memory that it needs, in tokens
   */
  public ModelSheet(StoredModel model, int contextSize) {
    this.model = model;
    this.description = model.describe();
    this.contextSize = contextSize;
  }

  /** Prints a sheet for people; long texts are cut. */
  public void printTo(PrintWriter out) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("Model", model.name().toString()));
    rows.add(List.of("File", model.path().toString()));
    rows.add(List.of("Size", ByteSize.text(model.sizeInBytes()) + files()));
    rows.add(List.of("Name", description.name()));
    rows.add(List.of("Architecture", description.architecture()));
    rows.add(List.of("Parameters", ModelTable.count(description.parameters())));
    rows.add(List.of("Type", description.quantization()));
    rows.add(List.of("Context", description.contextSize() + " tokens"));
    rows.add(List.of("Vocabulary", description.vocabularySize() + " tokens"));
    rows.add(List.of("Memory", memory(contextSize)));
    if (description.contextSize() > contextSize) {
      rows.add(List.of("", memory(description.contextSize())));
    }
    new Columns(rows).printTo(out);
    GenerationDefaults defaults = model.defaults();
    print(out, "System message", defaults.systemMessage());
    print(out, "Defaults", defaults.equals(GenerationDefaults.NONE) ? "" : defaults.toString());
    print(out, "Chat template", template(defaults));
    print(out, "License", description.license());
  }

  /** The one that a chat uses: what the model was trained with comes first. */
  private String template(GenerationDefaults defaults) {
    String own = description.chatTemplate();
    return own.isEmpty() ? defaults.chatTemplate() : own;
  }

  private String files() {
    int files = model.files().size();
    return files == 1 ? "" : " in " + files + " files";
  }

  private String memory(int context) {
    MemoryNeed need = description.memory(context);
    long machine = MemoryNeed.machineMemory();
    return String.format(
        Locale.ROOT,
        "%s with a context of %d tokens: %s this machine's %s",
        ByteSize.text(need.total()),
        context,
        need.fits(machine) ? "fits into" : "too much for",
        ByteSize.text(machine));
  }

  private static void print(PrintWriter out, String title, String text) {
    if (!text.isEmpty()) {
      out.printf(Locale.ROOT, "%n%s%n", title);
      List<String> lines = text.lines().toList();
      lines.stream().limit(MAX_LINES).forEach(line -> out.println("  " + line));
      if (lines.size() > MAX_LINES) {
        out.printf(Locale.ROOT, "  … %d more lines: --json has them%n", lines.size() - MAX_LINES);
      }
    }
  }

  /** The sheet as a map. */
  public Map<String, Object> tree() {
    MemoryNeed need = description.memory(contextSize);
    Map<String, Object> memory = new LinkedHashMap<>();
    memory.put("contextSize", contextSize);
    memory.put("weights", need.weights());
    memory.put("kvCache", need.kvCache());
    memory.put("compute", need.compute());
    memory.put("total", need.total());
    memory.put("fits", need.fits(MemoryNeed.machineMemory()));
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", model.name().toString());
    tree.put("path", model.path().toString());
    tree.put("files", model.files().stream().map(Object::toString).toList());
    tree.put("size", model.sizeInBytes());
    tree.put("title", description.name());
    tree.put("architecture", description.architecture());
    tree.put("parameters", description.parameters());
    tree.put("quantization", description.quantization());
    tree.put("contextSize", description.contextSize());
    tree.put("vocabularySize", description.vocabularySize());
    tree.put("memory", memory);
    tree.put("systemMessage", model.defaults().systemMessage());
    tree.put("chatTemplate", template(model.defaults()));
    tree.put("license", description.license());
    return tree;
  }
}
