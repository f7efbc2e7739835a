package dev.llamastream.internal.natives;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.spi.NativeBundle;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was extracted once may be found damaged. */
class DamagedCacheTest {

  @TempDir private Path directory;

  /** A bundle of two files that hold their own names. */
  private static final class Bundle implements NativeBundle {
    @Override
    public String platform() {
      return "linux-x86_64";
    }

    @Override
    public String contentHash() {
      return "0123456789abcdef";
    }

    @Override
    public List<String> files() {
      return List.of("liba.so", "libb.so");
    }

    @Override
    public InputStream open(String file) {
      return new ByteArrayInputStream(file.getBytes(UTF_8));
    }
  }

  private enum Damage {
    MISSING {
      @Override
      void doTo(Path extracted) throws IOException {
        Files.delete(extracted.resolve("libb.so"));
      }
    },
    CUT_SHORT {
      @Override
      void doTo(Path extracted) throws IOException {
        try (FileChannel file =
            FileChannel.open(extracted.resolve("libb.so"), StandardOpenOption.WRITE)) {
          file.truncate(3);
        }
      }
    },
    CHANGED {
      @Override
      void doTo(Path extracted) throws IOException {
        Files.writeString(extracted.resolve("libb.so"), "libc.so");
      }
    },
    WITHOUT_SUMS {
      @Override
      void doTo(Path extracted) throws IOException {
        Files.delete(extracted.resolve(FileSums.NAME));
      }
    },
    HALF_THE_SUMS {
      @Override
      void doTo(Path extracted) throws IOException {
        Path sums = extracted.resolve(FileSums.NAME);
        Files.write(sums, Files.readAllLines(sums).subList(0, 1));
      }
    },
    A_FILE {
      @Override
      void doTo(Path extracted) throws IOException {
        try (Stream<Path> files = Files.list(extracted)) {
          for (Path file : files.toList()) {
            Files.delete(file);
          }
        }
        Files.delete(extracted);
        Files.writeString(extracted, "");
      }
    };

    abstract void doTo(Path extracted) throws IOException;
  }

  private BundleCache cache() {
    return new BundleCache(new CacheFolder(directory, CacheFolder.Kind.NAMED));
  }

  @ParameterizedTest
  @EnumSource
  void isExtractedAgain(Damage damage) throws Exception {
    Path extracted = cache().extract(new Bundle());
    damage.doTo(extracted);

    assertThat(cache().extract(new Bundle())).isEqualTo(extracted);

    assertThat(extracted.resolve("liba.so")).hasContent("liba.so");
    assertThat(extracted.resolve("libb.so")).hasContent("libb.so");
    assertNothingLeft(extracted);
  }

  /** Another JVM may have it mapped. */
  @Test
  void isReplacedAndNotWrittenTo() throws Exception {
    Path library = cache().extract(new Bundle()).resolve("liba.so");
    try (FileChannel mapped = FileChannel.open(library, StandardOpenOption.READ)) {
      Damage.MISSING.doTo(library.getParent());
      Object before = Files.getAttribute(library, "unix:ino");

      cache().extract(new Bundle());

      assertThat(Files.getAttribute(library, "unix:ino")).isNotEqualTo(before);
      assertThat(new String(Channels.newInputStream(mapped).readAllBytes(), UTF_8))
          .isEqualTo("liba.so");
    }
  }

  @Test
  void leftoversGoAndWhatTheirLinksLeadToStays() throws Exception {
    Path other = Files.createDirectories(directory.resolve("other"));
    Path file = Files.writeString(other.resolve("file"), "mine");
    Files.createSymbolicLink(directory.resolve(".extract-link"), other);
    Path deep = Files.createDirectories(directory.resolve(".extract-deep").resolve("deeper"));
    Files.createSymbolicLink(deep.resolve("link"), other);
    Files.writeString(directory.resolve(".extract-file"), "");

    Path extracted = cache().extract(new Bundle());

    assertThat(file).hasContent("mine");
    Files.delete(file);
    Files.delete(other);
    assertNothingLeft(extracted);
  }

  @Test
  void folderThatLetsNoCodeRunWillNotDoAndIsNotFilled() throws Exception {
    BundleCache cache =
        new BundleCache(
            new CacheFolder(directory, CacheFolder.Kind.NAMED), file -> !file.endsWith("libb.so"));
    assertThatThrownBy(() -> cache.extract(new Bundle()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("noexec");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(directory.resolve(".lock"));
    }
  }

  @Test
  void folderThatLetsNoCodeRunAnyMoreWillNotDo() throws Exception {
    cache().extract(new Bundle());
    BundleCache cache =
        new BundleCache(new CacheFolder(directory, CacheFolder.Kind.NAMED), file -> false);
    assertThatThrownBy(() -> cache.extract(new Bundle()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("noexec");
  }

  @Test
  void librariesAreMarkedExecutable() throws Exception {
    assertThat(cache().extract(new Bundle()).resolve("liba.so")).isExecutable();
  }

  private void assertNothingLeft(Path extracted) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactlyInAnyOrder(extracted, directory.resolve(".lock"));
    }
  }
}
