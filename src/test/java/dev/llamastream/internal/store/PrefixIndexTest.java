package dev.llamastream.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.Prompts;
import dev.llamastream.internal.cache.StoredCells;
import dev.llamastream.internal.prompt.EncodedText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which stored prefix a prompt gets, and which prefixes are worth storing. */
class PrefixIndexTest {

  @TempDir private Path directory;
  private StoreFolder folder = new StoreFolder(Path.of(""), 0);
  private PrefixIndex index = new PrefixIndex(folder, StoreFixture.KEY, Prompts.KEY);

  @BeforeEach
  void open() throws IOException {
    folder = new StoreFolder(directory, Long.MAX_VALUE);
    folder.create();
    index = new PrefixIndex(folder, StoreFixture.KEY, Prompts.KEY);
  }

  private StoredPrefix add(int... tokens) throws IOException {
    StoredPrefix prefix = StoreFixture.prefix(StoreFixture.KEY, 9, tokens);
    StoreFixture.add(folder, prefix);
    return prefix;
  }

  private static int[] text(int length) {
    return StoreFixture.tokens(0, length);
  }

  /** The first {@code common} tokens of the text, and other tokens after them. */
  private static int[] branch(int common, int length) {
    int[] branch = text(length);
    Arrays.fill(branch, common, length, 7_000 + length);
    return branch;
  }

  private static EncodedText prompt(int... tokens) {
    return Prompts.text(tokens);
  }

  private static StoredCells cells(int... tokens) {
    return new StoredCells(Prompts.text(tokens), tokens.length);
  }

  private Optional<String> best(EncodedText text, int known) {
    return index.best(text, known).map(StoredPrefix::name);
  }

  @Test
  void theLongestBeginningIsTheBest() throws IOException {
    add(text(100));
    StoredPrefix longer = add(text(200));
    add(branch(150, 220));
    index.refresh();
    assertThat(best(prompt(text(300)), 0)).contains(longer.name());
    assertThat(best(prompt(StoreFixture.tokens(5, 300)), 0)).isEmpty();
  }

  @Test
  void aPartOfAPrefixCanBeUsed() throws IOException {
    StoredPrefix stored = add(text(200));
    index.refresh();
    assertThat(best(prompt(branch(150, 400)), 0)).contains(stored.name());
    // the last token is always computed
    assertThat(best(prompt(text(65)), 0)).contains(stored.name());
    assertThat(best(prompt(text(64)), 0)).isEmpty();
  }

  @Test
  void whatIsKnownNeedsNoPrefix() throws IOException {
    StoredPrefix stored = add(text(200));
    index.refresh();
    assertThat(best(prompt(text(300)), 136)).contains(stored.name());
    assertThat(best(prompt(text(300)), 137)).isEmpty();
  }

  @Test
  void aLongPrefixIsNotLoadedForLittle() throws IOException {
    add(text(1_000));
    index.refresh();
    assertThat(best(prompt(branch(125, 500)), 0)).isPresent();
    assertThat(best(prompt(branch(124, 500)), 0)).isEmpty();
    StoredPrefix shorter = add(branch(124, 300));
    index.refresh();
    assertThat(best(prompt(branch(124, 500)), 0)).contains(shorter.name());
  }

  @Test
  void whatIsStoredIsNotStoredAgain() throws IOException {
    add(text(800));
    index.refresh();
    assertThat(index.wants(cells(text(700)))).isFalse();
    assertThat(index.wants(cells(text(913)))).isFalse();
    assertThat(index.wants(cells(text(915)))).isTrue();
    assertThat(index.wants(cells(branch(700, 800)))).isTrue();
    assertThat(index.wants(cells(StoreFixture.tokens(1, 64)))).isTrue();
    assertThat(index.wants(cells(StoreFixture.tokens(1, 63)))).isFalse();
  }

  @Test
  void whatIsBeingWrittenIsNotStoredAgain() {
    StoredCells cells = cells(text(100));
    index.writing(cells);
    assertThat(index.wants(cells(text(100)))).isFalse();
    index.wrote(cells);
    assertThat(index.wants(cells(text(100)))).isTrue();
  }

  @Test
  void aLongerPrefixReplacesItsBeginnings() throws IOException {
    StoredPrefix shorter = add(text(100));
    add(branch(90, 100));
    index.refresh();
    StoredPrefix longer = add(text(300));
    assertThat(index.add(longer)).extracting(StoredPrefix::name).containsExactly(shorter.name());
    assertThat(best(prompt(text(101)), 0)).contains(longer.name());
  }

  @Test
  void otherProcessesAddAndRemove() throws IOException {
    index.refresh();
    StoredPrefix added = add(text(100));
    assertThat(best(prompt(text(200)), 0)).isEmpty();
    index.refresh();
    assertThat(best(prompt(text(200)), 0)).contains(added.name());
    folder.remove(added.name());
    index.refresh();
    assertThat(best(prompt(text(200)), 0)).isEmpty();
  }

  @Test
  void whatIsOfAnotherKeyOrVersionStays() throws IOException {
    StoredPrefix other = StoreFixture.prefix("cd".repeat(32), 9, text(100));
    StoreFixture.add(folder, other);
    Path future = folder.file(add(text(120)).name());
    byte[] bytes = Files.readAllBytes(future);
    bytes[4]++;
    Files.write(future, bytes);

    index.refresh();

    assertThat(best(prompt(text(200)), 0)).isEmpty();
    assertThat(folder.names()).contains(other.name()).hasSize(2);
  }

  @Test
  void whatIsDamagedIsRemoved() throws IOException {
    StoredPrefix whole = add(text(100));
    Files.createFile(folder.file("empty.prefix"));
    Files.writeString(folder.file("text.prefix"), "a text, long enough to be something else");
    Path renamed = folder.file("renamed.prefix");
    Files.copy(folder.file(whole.name()), renamed);

    index.refresh();

    assertThat(folder.names()).containsExactly(whole.name());
    assertThat(best(prompt(text(200)), 0)).contains(whole.name());
  }
}
