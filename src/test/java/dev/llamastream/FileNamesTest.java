package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.TinyModel;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Native code opens the file that Java means, whatever it is called. */
class FileNamesTest {

  /** "é漢🦙" in UTF-8, as a URI has it: the locale need not know these characters. */
  private static final String UNICODE = "%C3%A9%E6%BC%A2%F0%9F%A6%99";

  @TempDir private Path directory;

  private void loadsAndQuantizesIn(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path source = TinyModel.defaults().gguf().write(folder.resolve("source.gguf"));
    Path target = folder.resolve("target.gguf");
    Model.quantize(source, target, QuantizeParams.builder().type(QuantizationType.Q4_0).build());
    try (Model model = Model.load(target)) {
      assertThat(model.info().vocabularySize()).isPositive();
    }
  }

  private Path folder(String escaped) {
    return Path.of(URI.create(directory.toUri() + escaped));
  }

  @Test
  void unicode() throws IOException {
    loadsAndQuantizesIn(folder(UNICODE));
  }

  @Test
  void bytesThatAreNoText() throws IOException {
    boolean linux = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux");
    loadsAndQuantizesIn(folder(linux ? "%E9%FF" : UNICODE)); // others have no such names
  }

  @Test
  void longerThanWindowsTakes() throws IOException {
    Path folder = directory;
    while (folder.toAbsolutePath().toString().length() < 400) {
      folder = folder.resolve("a folder with a name of fifty characters or so");
    }
    loadsAndQuantizesIn(folder);
  }
}
