package dev.llamastream.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.ModelLoadException;
import dev.llamastream.SamplerParams;
import dev.llamastream.fixture.GgufWriter;
import dev.llamastream.fixture.GgufWriter.ValueType;
import dev.llamastream.fixture.TinyModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitFilesTest {

  private static final float[] ONE = {1};

  @TempDir private Path directory;

  @Test
  void aWholeModelIsOneFile() {
    assertThat(GgufFile.readAll(TinyModel.defaultPath()))
        .containsExactly(GgufFile.read(TinyModel.defaultPath()));
    Path single = part(0, 1).tensorF32("a", ONE, 1).write(directory.resolve("any-name.gguf"));
    assertThat(GgufFile.readAll(single)).hasSize(1);
  }

  @Test
  void allPartsAreReadInOrder() {
    Path first = part(0, 3).put("split.tensors.count", ValueType.INT32, 3).write(path(1, 3));
    part(1, 3).tensorF32("a", ONE, 1).tensorF32("b", ONE, 1).write(path(2, 3));
    part(2, 3).tensorF32("c", ONE, 1).write(path(3, 3));

    assertThat(GgufFile.readAll(first))
        .extracting(GgufFile::path)
        .containsExactly(path(1, 3), path(2, 3), path(3, 3));
  }

  @Test
  void theDigitsOfTheUsersLanguageAreNotOurs() {
    Path first = twoParts();
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      assertThat(String.format(Locale.getDefault(), "%d", 1)).isNotEqualTo("1");
      assertThat(GgufFile.readAll(first)).hasSize(2);
      assertThatThrownBy(() -> SamplerParams.builder().topK(-1).build())
          .hasMessageStartingWith("topK: -1, ");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void aMissingPartIsNamed() throws Exception {
    Path first = twoParts();
    Files.delete(path(2, 2));
    refused(first, path(2, 2) + ": no such file");
  }

  @Test
  void aDamagedPartIsNamed() throws Exception {
    Path first = twoParts();
    Files.write(path(2, 2), new byte[0]);
    refused(first, path(2, 2) + ": not a GGUF file");
  }

  @Test
  void theFirstPartMustBeNamed() {
    twoParts();
    refused(path(2, 2), path(2, 2) + ": metadata \"split.no\": 1, must be 0");
  }

  @Test
  void theNameMustTellTheNumber() {
    Path first =
        part(0, 2)
            .put("split.tensors.count", ValueType.INT32, 1)
            .write(directory.resolve("model.gguf"));
    refused(first, "model.gguf: the first of 2 files", "must end in -00001-of-00002.gguf");
  }

  @Test
  void numbersMustMatch() {
    Path first = twoParts();
    part(0, 2).tensorF32("b", ONE, 1).write(path(2, 2));
    refused(first, path(2, 2) + ": metadata \"split.no\": 0, must be 1");
    part(1, 3).tensorF32("b", ONE, 1).write(path(2, 2));
    refused(first, path(2, 2) + ": metadata \"split.count\": 3, must be 2");
    new GgufWriter().tensorF32("b", ONE, 1).write(path(2, 2));
    refused(first, path(2, 2) + ": metadata \"split.no\": absent, must be of type UINT16");
    new GgufWriter().put("split.no", 1).put("split.count", 2).write(path(2, 2));
    refused(first, path(2, 2) + ": metadata \"split.no\": 1, must be of type UINT16");
  }

  @Test
  void tensorsMustBeComplete() {
    Path first = twoParts();
    part(1, 2).write(path(2, 2));
    refused(first, path(1, 2) + ": metadata \"split.tensors.count\": 2, must be 1");
    part(1, 2).tensorF32("a", ONE, 1).write(path(2, 2));
    refused(first, path(2, 2) + ": tensor \"a\": an earlier part of the model has it too");
  }

  /** Tensor a in the first, b in the second. */
  private Path twoParts() {
    part(1, 2).tensorF32("b", ONE, 1).write(path(2, 2));
    return part(0, 2)
        .put("split.tensors.count", ValueType.INT32, 2)
        .tensorF32("a", ONE, 1)
        .write(path(1, 2));
  }

  private static GgufWriter part(int number, int count) {
    return new GgufWriter()
        .put("split.no", ValueType.UINT16, number)
        .put("split.count", ValueType.UINT16, count);
  }

  private Path path(int number, int count) {
    return directory.resolve(String.format(Locale.ROOT, "model-%05d-of-%05d.gguf", number, count));
  }

  private static void refused(Path first, String... parts) {
    assertThatThrownBy(() -> GgufFile.readAll(first))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(parts);
  }
}
