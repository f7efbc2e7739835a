package dev.llamastream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.store.ModelName.HuggingFace;
import dev.llamastream.store.ModelStore;
import dev.llamastream.store.StoreParams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DefaultModelTest {

  private static final String[] RUN = {
    "run", "--offline", "--temp", "0", "-n", "6", "1, 2, 3, 4, 5, 6,"
  };

  private static final Path FILE = DefaultModel.file();

  @AfterEach
  void remove() throws IOException {
    Files.deleteIfExists(FILE);
  }

  @Test
  void isUsedIfNoneIsNamed() throws IOException {
    Files.createDirectories(FILE.getParent());
    Files.createSymbolicLink(FILE, Path.of(Cli.MODEL).toAbsolutePath());

    assertThat(Cli.call(RUN)).isEqualTo(new Cli(0, String.format(Locale.ROOT, " 7, 8,%n"), ""));
  }

  @Test
  void thatIsNotHereIsPulled() {
    Cli failed = Cli.call(RUN);

    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.err()).startsWith("error: ").contains("offline");
  }

  @Test
  void isWhereItsAliasLeads() {
    ModelStore store = ModelStore.open(StoreParams.fromEnvironment());

    assertThat(store.resolve(DefaultModel.ALIAS))
        .isInstanceOfSatisfying(
            HuggingFace.class,
            name ->
                assertThat(FILE)
                    .endsWithRaw(
                        Path.of(
                            "models--" + name.owner() + "--" + name.repository(),
                            "snapshots",
                            name.revision(),
                            name.file())));
  }
}
