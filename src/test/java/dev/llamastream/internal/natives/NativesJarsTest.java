package dev.llamastream.internal.natives;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.spi.NativeBundle;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativesJarsTest {

  private static final String PLATFORM = "vms-vax";

  @TempDir private Path directory;
  private final List<URLClassLoader> loaders = new ArrayList<>();

  private ClassLoader loader(Path... jars) throws IOException {
    URL[] urls = new URL[jars.length];
    for (int i = 0; i < jars.length; i++) {
      urls[i] = jars[i].toUri().toURL();
    }
    URLClassLoader loader = new URLClassLoader(urls, null);
    loaders.add(loader);
    return loader;
  }

  @AfterEach
  void closeLoaders() throws IOException {
    for (URLClassLoader loader : loaders) {
      loader.close();
    }
  }

  private List<NativeBundle> find(Path... jars) throws IOException {
    return new NativesJars(loader(jars)).resources(PLATFORM);
  }

  private Path jar(String name, String variant, String version, String content) throws IOException {
    return new MadeUpNatives()
        .add(PLATFORM, variant, version, Map.of("liba.so", content))
        .write(directory.resolve(name));
  }

  private static String content(NativeBundle bundle) throws IOException {
    try (InputStream in = bundle.open("liba.so")) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jar", "folder", "with space ü%20#+.jar", "Ł folder"})
  void aJarTellsAllOfItself(String name) throws Exception {
    Path jar = jar(name, "", "1.2.3", "a");

    List<NativeBundle> found = find(jar);

    assertThat(found).hasSize(1);
    NativeBundle bundle = found.getFirst();
    assertThat(bundle.platform()).isEqualTo(PLATFORM);
    assertThat(bundle.variant()).isEmpty();
    assertThat(bundle.version()).isEqualTo("1.2.3");
    assertThat(bundle.contentHash()).matches("[0-9a-f]{64}");
    assertThat(bundle.files()).containsExactly("liba.so");
    assertThat(content(bundle)).isEqualTo("a");
    assertThat(bundle).asString().isEqualTo(jar.toUri().toURL().toString());
  }

  /** Each has the files of its own jar, whatever the order. */
  @Test
  void jarsWithTheSameNamesAreKeptApart() throws Exception {
    List<NativeBundle> found = find(jar("a.jar", "", "1", "a"), jar("b.jar", "", "2", "b"));
    assertThat(found).extracting(NativeBundle::version).containsExactly("1", "2");
    assertThat(content(found.get(0))).isEqualTo("a");
    assertThat(content(found.get(1))).isEqualTo("b");
  }

  @Test
  void variantsDoNotCollide() throws Exception {
    List<NativeBundle> found =
        find(
            jar("vulkan.jar", "vulkan", "1", "v"),
            jar("cpu.jar", "", "1", "c"),
            jar("cuda.jar", "cuda", "1", "n"));
    assertThat(found)
        .extracting(NativeBundle::variant)
        .containsExactlyInAnyOrder("", "cuda", "vulkan");
    for (NativeBundle bundle : found) {
      assertThat(content(bundle))
          .isEqualTo(Map.of("", "c", "cuda", "n", "vulkan", "v").get(bundle.variant()));
    }
  }

  /** As tools for fat jars make them. */
  @Test
  void allMayLieInOneJar() throws Exception {
    Path fat =
        new MadeUpNatives()
            .add(PLATFORM, "", "1", Map.of("liba.so", "c"))
            .add(PLATFORM, "cuda", "1", Map.of("liba.so", "n"))
            .add("other-platform", "", "1", Map.of("liba.so", "o"))
            .write(directory.resolve("fat.jar"));
    assertThat(find(fat)).extracting(NativeBundle::variant).containsExactly("", "cuda");
  }

  @Test
  void aJarWithoutAVersionIsOfAnUnknownOne() throws Exception {
    NativeBundle bundle = find(jar("a.jar", "", "", "a")).getFirst();
    assertThat(bundle.version()).isEmpty();
    assertThat(content(bundle)).isEqualTo("a");
  }

  /** Windows lets nobody delete or replace a file that is open. */
  @Test
  void noJarStaysOpen() throws Exception {
    Path jar = jar("a.jar", "", "1", "a");
    content(find(jar).getFirst());
    closeLoaders();
    Path descriptors = Path.of("/proc/self/fd");
    assertThat(descriptors).isDirectory();
    try (var open = Files.list(descriptors)) {
      assertThat(open.filter(Files::isSymbolicLink).map(NativesJarsTest::target))
          .isNotEmpty()
          .doesNotContain(jar.toRealPath().toString());
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "closed meanwhile";
    }
  }

  @Test
  void nothingIsFoundForAnotherPlatform() throws Exception {
    Path jar = jar("a.jar", "", "1", "a");
    assertThat(new NativesJars(loader(jar)).resources("vms-alpha")).isEmpty();
  }

  @Test
  void brokenListIsNamedWithItsJar() throws Exception {
    Path jar = directory.resolve("jar");
    Path list = jar.resolve(ResourceNatives.list(PLATFORM, "cuda"));
    Files.createDirectories(list.getParent());
    Files.writeString(list, "hash\nno line\n");
    assertThatThrownBy(() -> find(jar))
        .isInstanceOf(IOException.class)
        .hasMessage(
            ResourceNatives.list(PLATFORM, "cuda")
                + ": 'no line', must be 'sha256  name', in "
                + jar.toUri().toURL());
  }
}
