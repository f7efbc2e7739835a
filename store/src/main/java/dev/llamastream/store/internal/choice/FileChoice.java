package dev.llamastream.store.internal.choice;

import dev.llamastream.QuantizationType;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.Preference;
import dev.llamastream.store.internal.NearestNames;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Finds the model in a list of a repository's files. Immutable. */
public final class FileChoice {

  private static final int SHOWN = 15;

  private final String repository;
  private final List<FileGroup> groups;

  /**
   * Creates a choice.
   *
   * @param repository its name in messages
   * @param files all of its files
   */
  public FileChoice(String repository, List<RepositoryFile> files) {
    this.repository = repository;
    this.groups = FileGroup.of(files);
  }

  /**
   * The files to take.
   *
   * @param wanted a quantization, the path of a file, or empty for what the preference says
   * @param fastTypes the types with fast kernels on this machine; asked for only if speed counts
   * @return one file, or all parts of a split model in order
   * @throws ModelStoreException if there is no such file, or a part of it is missing; the message
   *     lists what there is, the most similar first
   */
  public List<RepositoryFile> choose(
      String wanted, Preference preference, Supplier<List<QuantizationType>> fastTypes) {
    if (wanted.toLowerCase(Locale.ROOT).endsWith(".gguf")) {
      return byPath(wanted).complete(repository);
    }
    List<FileGroup> models = models();
    TypeOrder order = new TypeOrder(preference, fastTypes);
    List<FileGroup> candidates = wanted.isEmpty() ? models : byQuantization(wanted, models);
    return candidates.stream()
        .min(
            Comparator.<FileGroup>comparingInt(group -> order.rank(group.quantization()))
                .thenComparingLong(FileChoice::depth)
                .thenComparingInt(group -> group.name().length())
                .thenComparing(FileGroup::name))
        .orElseThrow(() -> noModel(models))
        .complete(repository);
  }

  /** All models whose parts are all there, each as the paths of its files in order. */
  public List<List<String>> all() {
    return groups.stream()
        .filter(group -> group.sideFile().isEmpty() && group.isComplete())
        .map(group -> group.complete(repository).stream().map(RepositoryFile::path).toList())
        .toList();
  }

  private static long depth(FileGroup group) {
    return group.name().chars().filter(c -> c == '/').count();
  }

  private List<FileGroup> models() {
    List<FileGroup> models =
        groups.stream()
            .filter(group -> group.sideFile().isEmpty())
            .filter(group -> !QuantizationName.isObsolete(group.quantization()))
            .toList();
    List<FileGroup> large = models.stream().filter(group -> !group.isDraft()).toList();
    return large.isEmpty() ? models : large;
  }

  private FileGroup byPath(String path) {
    FileGroup found =
        groups.stream()
            .filter(group -> group.has(path))
            .findFirst()
            .or(() -> onlyOneNamed(path))
            .orElseThrow(() -> notFound(path, groups.stream().map(FileGroup::name).toList()));
    if (!found.sideFile().isEmpty()) {
      throw new ModelStoreException(
          Reason.UNSUPPORTED, repository + ": " + path + " is " + found.sideFile());
    }
    if (QuantizationName.isObsolete(found.quantization())) {
      throw obsolete(found.quantization());
    }
    return found;
  }

  private Optional<FileGroup> onlyOneNamed(String fileName) {
    List<FileGroup> found = groups.stream().filter(group -> group.hasFileName(fileName)).toList();
    return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
  }

  private List<FileGroup> byQuantization(String wanted, List<FileGroup> models) {
    String type = QuantizationName.canonical(wanted);
    if (QuantizationName.isObsolete(type)) {
      throw obsolete(type);
    }
    List<FileGroup> exact = with(type, models);
    if (!exact.isEmpty()) {
      return exact;
    }
    List<FileGroup> marked = with("UD-" + type, models);
    if (!marked.isEmpty()) {
      return marked;
    }
    List<FileGroup> named = models.stream().filter(group -> isPartOf(type, group.name())).toList();
    if (named.isEmpty()) {
      throw notFound(wanted, quantizations(models));
    }
    return named;
  }

  private static List<FileGroup> with(String type, List<FileGroup> models) {
    return models.stream().filter(group -> group.quantization().equals(type)).toList();
  }

  /** Whether a name that is no known quantization is a word of the file's name. */
  private static boolean isPartOf(String word, String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    int at = upper.indexOf(word);
    while (at >= 0) {
      boolean begins = at == 0 || "-._/".indexOf(upper.charAt(at - 1)) >= 0;
      int end = at + word.length();
      if (begins && end < upper.length() && "-./".indexOf(upper.charAt(end)) >= 0) {
        return true;
      }
      at = upper.indexOf(word, at + 1);
    }
    return false;
  }

  private static List<String> quantizations(List<FileGroup> models) {
    return models.stream()
        .map(group -> group.quantization().isEmpty() ? group.name() : group.quantization())
        .distinct()
        .toList();
  }

  private ModelStoreException notFound(String wanted, List<String> names) {
    if (names.isEmpty()) {
      return noModel(List.of());
    }
    List<String> nearest = NearestNames.sorted(wanted, names);
    String rest = nearest.size() > SHOWN ? " and " + (nearest.size() - SHOWN) + " more" : "";
    return new ModelStoreException(
        Reason.NOT_FOUND,
        repository
            + " has no "
            + wanted
            + "; it has "
            + String.join(", ", nearest.stream().limit(SHOWN).map(this::withSize).toList())
            + rest);
  }

  private String withSize(String name) {
    Map<String, Long> sizes = new TreeMap<>();
    for (FileGroup group : groups) {
      sizes.putIfAbsent(group.quantization(), group.size());
      sizes.put(group.name(), group.size());
    }
    long size = sizes.getOrDefault(name, 0L);
    return size == 0 ? name : String.format(Locale.ROOT, "%s (%.1f GB)", name, size / 1e9);
  }

  private ModelStoreException noModel(List<FileGroup> models) {
    if (groups.isEmpty() || !models.isEmpty()) {
      return new ModelStoreException(
          Reason.NOT_FOUND,
          repository + " has no GGUF file; repositories that have often end in -GGUF");
    }
    FileGroup first = groups.getFirst();
    return new ModelStoreException(
        Reason.UNSUPPORTED,
        repository
            + " has no model; its "
            + first.name()
            + (first.sideFile().isEmpty() ? " is obsolete" : " is " + first.sideFile()));
  }

  private ModelStoreException obsolete(String type) {
    return new ModelStoreException(
        Reason.UNSUPPORTED,
        repository + ": llama.cpp loads " + type + " no more; take Q4_0, which is as fast");
  }
}
