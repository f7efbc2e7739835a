package dev.llamastream.store.internal.alias;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.InvalidValueException;
import dev.llamastream.store.ModelAlias;
import dev.llamastream.store.ModelName;
import dev.llamastream.store.internal.NearestNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The aliases of the library, and the user's over them. Immutable. */
public final class AliasTable {

  private static final String OWN = "aliases.toml";

  private final Map<String, AliasEntry> entries;

  private AliasTable(Map<String, AliasEntry> entries) {
    this.entries = entries;
  }

  /**
   * Reads both tables.
   *
   * @param userFile may be absent
   * @throws InvalidValueException if the user's file cannot be used; the message names the file,
   *     the line, the key and what is wrong
   */
  public static AliasTable read(Path userFile) {
    Map<String, AliasLine> lines = new TreeMap<>();
    new AliasFile(OWN, own(), null).read().forEach(line -> lines.put(line.name().toString(), line));
    AliasFile.of(userFile.toAbsolutePath())
        .read()
        .forEach(line -> lines.put(line.name().toString(), line));
    Map<String, AliasEntry> entries = new TreeMap<>();
    lines.forEach((name, line) -> entries.put(name, resolved(line, lines)));
    return new AliasTable(entries);
  }

  private static String own() {
    try (InputStream stream = AliasTable.class.getResourceAsStream(OWN)) {
      if (stream == null) {
        throw new IllegalStateException(OWN + " is missing in the jar");
      }
      return new String(stream.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Follows aliases to the model. */
  private static AliasEntry resolved(AliasLine first, Map<String, AliasLine> lines) {
    Set<String> chain = new LinkedHashSet<>();
    chain.add(first.name().toString());
    AliasLine line = first;
    while (line.target() instanceof ModelName.Alias next) {
      AliasLine found = find(next, lines);
      if (found == null) {
        throw line.wrong("model: " + next + " is no alias" + suggestion(next.toString(), lines));
      }
      if (!chain.add(found.name().toString())) {
        throw line.wrong(
            "model: the aliases point to each other: "
                + String.join(" -> ", chain)
                + " -> "
                + found.name());
      }
      line = found;
    }
    String about = first.about().isEmpty() ? line.about() : first.about();
    return new AliasEntry(
        new ModelAlias(first.name().toString(), line.target(), about),
        line.size(),
        line.sha256(),
        line.mirrors());
  }

  private static @Nullable AliasLine find(ModelName.Alias name, Map<String, AliasLine> lines) {
    AliasLine line = lines.get(name.toString());
    return line == null && name.tag().equals("latest") ? lines.get(name.name()) : line;
  }

  private static String suggestion(String name, Map<String, AliasLine> lines) {
    List<String> near = NearestNames.of(name, List.copyOf(lines.keySet()), 1);
    return near.isEmpty() ? "" : "; did you mean " + near.getFirst() + "?";
  }

  /** What an alias stands for. The tag {@code latest} is the same as none. */
  public Optional<AliasEntry> find(ModelName.Alias name) {
    AliasEntry entry = entries.get(name.toString());
    if (entry == null && name.tag().equals("latest")) {
      entry = entries.get(name.name());
    }
    return Optional.ofNullable(entry);
  }

  /** All aliases, by name. */
  public List<ModelAlias> all() {
    return entries.values().stream().map(AliasEntry::alias).toList();
  }

  /**
   * Up to five aliases that a mistyped name may have meant, the nearest first: those that are
   * spelled much like it, then the tags of the same name.
   */
  public List<String> nearest(String name) {
    List<String> names = List.copyOf(entries.keySet());
    Set<String> near = new LinkedHashSet<>(NearestNames.of(name, names, 5));
    int colon = name.indexOf(':');
    if (colon > 0) {
      String family = name.substring(0, colon + 1);
      near.addAll(NearestNames.of(family, names, 5));
    }
    return new ArrayList<>(near).subList(0, Math.min(5, near.size()));
  }
}
