package dev.llamastream.internal.natives;

import dev.llamastream.spi.NativeBundle;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * The natives jars that a class loader can see. Folders of a jar cannot be listed, and a jar may
 * lie within another, or be merged with others into one. So each list of files has a name that is
 * known beforehand.
 */
final class NativesJars {

  /** The variants beside the CPU's, best first. */
  static final List<String> VARIANTS = List.of("cuda", "vulkan");

  private final ClassLoader loader;

  NativesJars(ClassLoader loader) {
    this.loader = loader;
  }

  /** Those that a provider offers, for any platform. */
  List<NativeBundle> provided() {
    List<NativeBundle> bundles = new ArrayList<>();
    ServiceLoader.load(NativeBundle.class, loader).forEach(bundles::add);
    return bundles;
  }

  /** Our own for a platform, in all variants; several of one variant if several jars have it. */
  List<NativeBundle> resources(String platform) throws IOException {
    List<NativeBundle> bundles = new ArrayList<>();
    addAll(platform, "", bundles);
    for (String variant : VARIANTS) {
      addAll(platform, variant, bundles);
    }
    return bundles;
  }

  private void addAll(String platform, String variant, List<NativeBundle> bundles)
      throws IOException {
    // resource names that are not package names are open to every module
    String list = ResourceNatives.list(platform, variant);
    for (URL url : Collections.list(loader.getResources(list))) {
      String root = url.toString().substring(0, url.toString().length() - list.length());
      ResourceNatives.find(platform, variant, origin(root), name -> open(root, name))
          .ifPresent(bundles::add);
    }
  }

  /** The resource in the same jar, and not the first of its name. */
  private @Nullable InputStream open(String root, String name) throws IOException {
    Optional<URL> found =
        Collections.list(loader.getResources(name)).stream()
            .filter(url -> url.toString().equals(root + name))
            .findFirst();
    if (found.isEmpty()) {
      return null;
    }
    URLConnection connection = found.get().openConnection();
    // a cached jar stays open, and Windows then lets nobody replace it
    connection.setUseCaches(false);
    return connection.getInputStream();
  }

  /** The jar's own address. */
  private static String origin(String root) {
    return root.replaceFirst("^jar:", "").replaceFirst("!/$", "");
  }
}
