package dev.llamastream.store.internal.choice;

import dev.llamastream.InvalidValueException;
import dev.llamastream.store.ModelName.HuggingFace;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of one model: a single one, or the parts of a split one in order.
 *
 * @param name the path, for a split model without the parts' numbers
 * @param quantization empty if the names do not say
 * @param count how many parts there should be
 * @param parts by their numbers, from 1
 */
record FileGroup(String name, String quantization, int count, Map<Integer, RepositoryFile> parts) {

  private static final Pattern PART =
      Pattern.compile("(.+)-(\\d{5})-of-(\\d{5})(\\.gguf)", Pattern.CASE_INSENSITIVE);

  static List<FileGroup> of(List<RepositoryFile> files) {
    Map<List<Object>, FileGroup> groups = new LinkedHashMap<>();
    files.stream()
        .sorted(Comparator.comparing(RepositoryFile::path))
        .filter(file -> file.path().toLowerCase(Locale.ROOT).endsWith(".gguf"))
        .filter(FileGroup::hasName)
        .forEach(
            file -> {
              Matcher matcher = PART.matcher(file.path());
              boolean split = matcher.matches();
              String name = split ? matcher.group(1) + matcher.group(4) : file.path();
              int index = split ? Integer.parseInt(matcher.group(2)) : 1;
              int count = split ? Integer.parseInt(matcher.group(3)) : 1;
              groups
                  .computeIfAbsent(
                      List.of(name, count, split),
                      key -> {
                        String type = QuantizationName.in(file).orElse("");
                        return new FileGroup(name, type, count, new LinkedHashMap<>());
                      })
                  .parts()
                  .put(index, file);
            });
    return List.copyOf(groups.values());
  }

  /** Whether a model's name can say it. A path that leaves its folder can not, for instance. */
  private static boolean hasName(RepositoryFile file) {
    try {
      return new HuggingFace("owner", "repository", file.path(), "").file().equals(file.path());
    } catch (InvalidValueException e) {
      return false;
    }
  }

  long size() {
    return parts.values().stream().mapToLong(RepositoryFile::size).sum();
  }

  boolean has(String path) {
    return name.equalsIgnoreCase(path)
        || parts.values().stream().anyMatch(file -> file.path().equalsIgnoreCase(path));
  }

  /** As {@link #has}, wherever the files are. */
  boolean hasFileName(String fileName) {
    return name.substring(name.lastIndexOf('/') + 1).equalsIgnoreCase(fileName)
        || parts.values().stream().anyMatch(file -> file.fileName().equalsIgnoreCase(fileName));
  }

  boolean isComplete() {
    return parts.size() == count;
  }

  /** All parts. */
  List<RepositoryFile> complete(String repository) {
    List<RepositoryFile> files = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      RepositoryFile part = count == 1 ? parts.values().iterator().next() : parts.get(i);
      if (part == null) {
        throw new ModelStoreException(
            Reason.NOT_FOUND,
            String.format(
                Locale.ROOT,
                "%s: part %d of %d is missing: %s-%05d-of-%05d.gguf; choose another quantization",
                repository,
                i,
                count,
                name.substring(0, name.length() - ".gguf".length()),
                i,
                count));
      }
      files.add(part);
    }
    return files;
  }

  /** What it is if it is no model by itself; empty if it may be one. */
  String sideFile() {
    String lower = name.substring(name.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    if (lower.contains("mmproj")) {
      return "the image part of another model";
    }
    if (lower.contains("imatrix")) {
      return "an importance matrix";
    }
    if (lower.matches("(.*[-_.])?(eagle3|dflash|dspark)-.*") || lower.startsWith("mtp-")) {
      return "a draft part of another model";
    }
    return "";
  }

  /** Whether it is a small model that drafts for a larger one. */
  boolean isDraft() {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.matches("(.*[-_./])?draft([-_./].*)?");
  }
}
