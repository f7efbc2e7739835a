package dev.llamastream.store.internal.download;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailuresTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "No space left on device",
        "There is not enough space on the disk",
        "Disk quota exceeded"
      })
  void aFullDiskIsNamedSo(String message) {
    ModelStoreException e = Failures.storage(Path.of("a"), new IOException(message));

    assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE);
    assertThat(e).hasMessageContaining("the disk is full");
  }

  @Test
  void othersNameTheirCause() {
    ModelStoreException e = Failures.storage(Path.of("a"), new AccessDeniedException("b"));

    assertThat(e.reason()).isEqualTo(Reason.STORAGE);
    assertThat(e).hasMessageContaining("a cannot be written (AccessDeniedException: b)");
    assertThat(Failures.storage(Path.of("a"), new IOException()).reason())
        .isEqualTo(Reason.STORAGE);
  }
}
