package dev.llamastream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.llamastream.engine.PrefixStore;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** The value of {@code --prefix-store}. */
class PrefixStoreConverterTest {

  private static PrefixStore read(String value) {
    return new PrefixStoreConverter().convert(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "store 4294967296",
        "store,4G 4294967296",
        "store,1 1",
        "store,3K 3072",
        "store,5MB 5242880",
        "store,5MiB 5242880",
        "store,2T 2199023255552",
        "store,9999999999999999999 9223372036854775807"
      })
  void folderAndSize(String value, long bytes) {
    assertThat(read(value)).isEqualTo(new PrefixStore(Path.of("store"), bytes));
  }

  @Test
  void aFolderMayHaveAComma() {
    assertThat(read("a,b").folder()).isEqualTo(Path.of("a,b"));
    assertThat(read("a,1,5K")).isEqualTo(new PrefixStore(Path.of("a,1"), 5 << 10));
  }

  @ParameterizedTest
  @ValueSource(strings = {"store,0", ",5G", "a\0b"})
  void refuses(String value) {
    assertThatExceptionOfType(TypeConversionException.class).isThrownBy(() -> read(value));
  }
}
