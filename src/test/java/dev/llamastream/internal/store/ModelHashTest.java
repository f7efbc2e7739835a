package dev.llamastream.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.llamastream.internal.ffm.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The hash of a model's files, and when it is remembered. */
class ModelHashTest {

  @TempDir private Path directory;
  private StoreFolder folder = new StoreFolder(Path.of(""), 0);
  private Path model = Path.of("");

  @BeforeEach
  void open() throws IOException {
    folder = new StoreFolder(directory.resolve("store"), 1_000);
    folder.create();
    model = Files.writeString(directory.resolve("model"), "some weights");
  }

  private String hash() throws IOException {
    return ModelHash.of(List.of(ModelFile.now(model)), folder);
  }

  /** The hash of a file that nobody has changed for some time. */
  private String hashOfOld() throws IOException {
    return ModelHash.of(List.of(ModelFile.now(Path.of("pom.xml"))), folder);
  }

  private List<Path> notes() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("store"))) {
      return files.toList();
    }
  }

  @Test
  void dependsOnEveryByte() throws IOException {
    String before = hash();
    Files.writeString(model, "some weightS");
    String after = hash();
    assertThat(after).isNotEqualTo(before);
    Files.delete(model);
    Files.writeString(model, "some weights");
    assertThat(hash()).isEqualTo(before);
  }

  @Test
  void dependsOnAllFilesInOrder() throws IOException {
    ModelFile one = ModelFile.now(model);
    ModelFile two = ModelFile.now(Files.writeString(directory.resolve("2"), "more weights"));
    assertThat(ModelHash.of(List.of(one, two), folder))
        .isNotEqualTo(ModelHash.of(List.of(one), folder))
        .isNotEqualTo(ModelHash.of(List.of(two, one), folder));
  }

  @Test
  void isRememberedWhileTheFileIsUnchanged() throws IOException {
    String hash = hashOfOld();
    assertThat(notes()).hasSize(1);
    // shows that the note is what is read
    Path note = notes().getFirst();
    List<String> lines = Files.readAllLines(note);
    String made = "0".repeat(64);
    Files.writeString(
        note, lines.get(0) + "\n" + made + "\n" + Sha256.hex(lines.get(0) + made) + "\n");
    assertThat(hashOfOld()).isNotEqualTo(hash).isEqualTo(Sha256.hex(made + "\n"));
  }

  @Test
  void aDamagedNoteIsNotBelieved() throws IOException {
    String hash = hashOfOld();
    Path note = notes().getFirst();
    String content = Files.readString(note);
    for (int at = 0; at < content.length(); at++) {
      StringBuilder damaged = new StringBuilder(content);
      damaged.setCharAt(at, content.charAt(at) == '0' ? '1' : '0');
      Files.writeString(note, damaged);
      assertThat(hashOfOld()).isEqualTo(hash);
    }
    Files.writeString(note, "");
    assertThat(hashOfOld()).isEqualTo(hash);
    assertThat(note).hasContent(content);
  }

  @Test
  void aNewFileIsNotRemembered() throws IOException {
    hash();
    assertThat(notes()).isEmpty();
  }

  @Test
  void aFileThatChangedSinceItWasLoadedHasNone() throws IOException {
    ModelFile loaded = ModelFile.now(model);
    Files.writeString(model, "other weights");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> ModelHash.of(List.of(loaded), folder))
        .withMessageEndingWith("has changed since it was loaded");
  }
}
