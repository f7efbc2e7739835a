package dev.llamastream.internal.natives;

import dev.llamastream.NativeLibraryException;
import dev.llamastream.spi.NativeBundle;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which of the natives jars for a platform is used: that for a GPU before that for the CPU, whose
 * libraries it has too. The order of the class path decides nothing.
 */
final class BundleChoice {

  private static final Logger LOGGER = System.getLogger("dev.llamastream.native");

  private static final String FIND =
      "mvn dependency:tree -Dincludes=dev.llamastream, or gradle dependencies, shows where they come"
          + " from.";

  private final String version;

  /**
   * @param version the library's, which the jar must have; an empty one fits all
   */
  BundleChoice(String version) {
    this.version = version;
  }

  /**
   * Chooses among jars for one platform; empty if there is none.
   *
   * @throws NativeLibraryException if none has the right version, or several that have it differ
   */
  Optional<NativeBundle> among(List<NativeBundle> bundles) {
    return bundles.stream()
        .map(NativeBundle::variant)
        .min(Comparator.comparingInt(BundleChoice::rank))
        .map(variant -> bundles.stream().filter(b -> b.variant().equals(variant)).toList())
        .map(this::choose);
  }

  /** Those that we do not know come before the CPU's. */
  private static int rank(String variant) {
    int known = NativesJars.VARIANTS.indexOf(variant);
    int unknown = NativesJars.VARIANTS.size();
    return variant.isEmpty() ? unknown + 1 : known < 0 ? unknown : known;
  }

  private NativeBundle choose(List<NativeBundle> candidates) {
    List<NativeBundle> fitting = candidates.stream().filter(this::fits).toList();
    if (fitting.isEmpty()) {
      throw new NativeLibraryException(
          String.format(
              Locale.ROOT,
              "llamastream is of version %s, and its natives jar of another:%n%s%nUse %s.",
              version,
              listed(candidates),
              NativesDependency.coordinates(classifier(candidates.getFirst()))));
    }
    NativeBundle chosen = fitting.getFirst();
    if (!allEqual(fitting)) {
      throw new NativeLibraryException(
          String.format(
              Locale.ROOT,
              "several natives jars for %s have different content:%n%s%nKeep one of them. %s",
              chosen.platform(),
              listed(fitting),
              FIND));
    }
    if (!allEqual(candidates)) {
      LOGGER.log(
          Level.WARNING,
          () ->
              String.format(
                  Locale.ROOT,
                  "natives jars of several versions, of which %s is used:%n%s%nRemove the others. %s",
                  version,
                  listed(candidates),
                  FIND));
    }
    return chosen;
  }

  private static String classifier(NativeBundle bundle) {
    return bundle.variant().isEmpty()
        ? bundle.platform()
        : bundle.platform() + "-" + bundle.variant();
  }

  private boolean fits(NativeBundle bundle) {
    return version.isEmpty() || bundle.version().isEmpty() || bundle.version().equals(version);
  }

  private static boolean allEqual(List<NativeBundle> bundles) {
    return bundles.stream().map(NativeBundle::contentHash).distinct().count() <= 1;
  }

  private static String listed(List<NativeBundle> bundles) {
    return bundles.stream()
        .map(
            bundle ->
                String.format(
                    Locale.ROOT,
                    "  %s: %s",
                    bundle.version().isEmpty() ? "unknown version" : bundle.version(),
                    bundle))
        .collect(Collectors.joining(System.lineSeparator()));
  }
}
