package dev.llamastream;

import static dev.llamastream.TestStreams.greedy;
import static dev.llamastream.TestStreams.open;
import static dev.llamastream.TestStreams.pieces;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.fixture.GgufWriter.ValueType;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.gguf.GgmlType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateTest {

  private static final String PROMPT = "It was the best of times, it was the worst of times";

  private Model model;
  private Context context;

  @TempDir private Path directory;

  @BeforeEach
  void openContext() {
    model = Model.load(TinyModel.defaults().withText(TinyModel.Text.PRINTABLE).path());
    context = open(model, 512);
  }

  @AfterEach
  void close() {
    model.close();
  }

  private static GenerationRequest request(String prompt) {
    return greedy(prompt).maxTokens(20).build();
  }

  private String continued() {
    String text = context.generate(request(PROMPT));
    return PROMPT + text;
  }

  @Test
  void restoredContextContinuesAsTheOriginal() {
    String text = continued();
    byte[] state = context.saveState();
    MeteredStream original = context.streamWithStats(request(text));
    List<String> expected = pieces(original);

    try (Context other = open(model, 512)) {
      other.loadState(state);
      MeteredStream restored = other.streamWithStats(request(text));
      assertThat(pieces(restored)).isEqualTo(expected);
      assertThat(restored.stats().cachedPromptTokens())
          .isEqualTo(original.stats().cachedPromptTokens())
          .isGreaterThan(PROMPT.length());
    }
  }

  @Test
  void fileRestoresTheSame() throws IOException {
    String text = continued();
    Path file = directory.resolve("state");
    context.saveState(file);
    assertThat(Files.readAllBytes(file)).isEqualTo(context.saveState());
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
    String expected = context.generate(request(text));
    context.clearCache();
    context.loadState(file);
    assertThat(context.generate(request(text))).isEqualTo(expected);
  }

  @Test
  void emptyContextSavesAndLoadsToo() {
    byte[] empty = context.saveState();
    String text = continued();
    context.loadState(empty);
    MeteredStream stream = context.streamWithStats(request(text));
    stream.next();
    assertThat(stream.stats().cachedPromptTokens()).isZero();
  }

  @Test
  void savingDisturbsNoStream() {
    String expected = context.generate(request(PROMPT));
    TokenStream stream = context.generateStream(request(PROMPT));
    StringBuilder text = new StringBuilder(stream.next());
    context.saveState();
    stream.forEachRemaining(text::append);
    assertThat(text).hasToString(expected);
  }

  @Test
  void loadingEndsTheOpenStream() {
    byte[] state = context.saveState();
    TokenStream stream = context.generateStream(request(PROMPT));
    stream.next();
    context.loadState(state);
    assertThat(stream.hasNext()).isFalse();
    assertThat(stream.finishReason()).contains(FinishReason.SUPERSEDED);
  }

  @Test
  void truncatedStateIsRefusedAtEveryLength() {
    String text = continued();
    String expected = context.generate(request(text));
    byte[] state = context.saveState();
    for (int length = 0; length < state.length; length += length < 400 ? 1 : 997) {
      byte[] truncated = Arrays.copyOf(state, length);
      assertThatExceptionOfType(StateException.class)
          .isThrownBy(() -> context.loadState(truncated))
          .withMessageStartingWith("state: ");
    }
    assertThat(context.generate(request(text))).isEqualTo(expected);
  }

  @Test
  void damagedStateIsRefused() {
    String text = continued();
    String expected = context.generate(request(text));
    byte[] state = context.saveState();
    Random random = new Random(1);
    for (int i = 0; i < 500; i++) {
      byte[] damaged = state.clone();
      damaged[random.nextInt(i < 100 ? 100 : state.length)] ^= (byte) (1 << random.nextInt(8));
      assertThatExceptionOfType(StateException.class).isThrownBy(() -> context.loadState(damaged));
    }
    assertThat(context.generate(request(text))).isEqualTo(expected);
  }

  @Test
  void otherVersionIsRefused() {
    byte[] state = context.saveState();
    state[4]++;
    assertThatThrownBy(() -> context.loadState(state))
        .isInstanceOf(StateException.class)
        .hasMessage("state: version 3, must be 2");
  }

  @Test
  void stateOfAnotherModelOrKvCacheIsRefused() {
    continued();
    byte[] state = context.saveState();
    try (Model foreign = Model.load(TinyModel.defaults().withContextLength(4096).path());
        Context other = open(foreign, 512)) {
      assertThatThrownBy(() -> other.loadState(state))
          .isInstanceOf(StateException.class)
          .hasMessageContaining("another model");
      assertThat(other.generate("x", 3)).isNotEmpty();
    }
    ContextParams quantized =
        ContextParams.builder().contextSize(512).kvCacheType(KvCacheType.Q8_0).build();
    try (Context other = new Context(model, quantized)) {
      assertThatThrownBy(() -> other.loadState(state)).isInstanceOf(StateException.class);
      assertThat(other.generate("x", 3)).isNotEmpty();
    }
  }

  @Test
  void sameFileUnderAnotherNameIsTheSameModel() throws IOException {
    String text = continued();
    byte[] state = context.saveState();
    String expected = context.generate(request(text));
    Path copy = directory.resolve("copy.gguf");
    Files.copy(TinyModel.defaults().withText(TinyModel.Text.PRINTABLE).path(), copy);
    try (Model same = Model.load(copy);
        Context other = open(same, 512)) {
      other.loadState(state);
      assertThat(other.generate(request(text))).isEqualTo(expected);
    }
  }

  @Test
  void modelsThatDifferInOneValueAreOthers() throws IOException {
    // as a value that llama.cpp does not tell, and that changes nothing of what it does
    byte[] one =
        TinyModel.defaults().gguf().put("test.value", ValueType.INT32, List.of(1)).toByteArray();
    byte[] two =
        TinyModel.defaults().gguf().put("test.value", ValueType.INT32, List.of(2)).toByteArray();
    refuseEachOther(one, two);
  }

  @Test
  void modelsThatDifferInTheTypeOfOneTensorAreOthers() throws IOException {
    byte[] one = TinyModel.defaults().gguf().toByteArray();
    byte[] two = one.clone();
    String name = "blk.1.ffn_gate.weight";
    // behind the name and two dimensions
    int type = new String(one, ISO_8859_1).indexOf(name) + name.length() + 4 + 2 * 8;
    assertThat(one[type]).isEqualTo((byte) GgmlType.F16.number());
    two[type] = (byte) GgmlType.BF16.number();
    refuseEachOther(one, two);
  }

  private void refuseEachOther(byte[] one, byte[] two) throws IOException {
    try (Model first = Model.load(Files.write(directory.resolve("one.gguf"), one));
        Model second = Model.load(Files.write(directory.resolve("two.gguf"), two));
        Context ofFirst = open(first, 256);
        Context ofSecond = open(second, 256)) {
      assertThat(second.info()).isEqualTo(first.info());
      assertThat(second.metadata()).isEqualTo(first.metadata());
      ofFirst.generate("x", 3);
      ofSecond.generate("x", 3);
      for (List<Context> pair : List.of(List.of(ofFirst, ofSecond), List.of(ofSecond, ofFirst))) {
        byte[] state = pair.getFirst().saveState();
        pair.getFirst().loadState(state);
        assertThatThrownBy(() -> pair.getLast().loadState(state))
            .isInstanceOf(StateException.class)
            .hasMessage("state: of another model, or another kind of KV cache");
      }
    }
  }

  @Test
  void stateThatDoesNotFitIsRefused() {
    context.generate(request("x".repeat(400)));
    byte[] state = context.saveState();
    try (Context small = open(model, 256)) {
      assertThatThrownBy(() -> small.loadState(state))
          .isInstanceOf(StateException.class)
          .hasMessageContaining("but the context holds 256");
      assertThat(small.generate("x", 3)).isNotEmpty();
    }
  }

  @Test
  void flashAttentionAndWithoutAreDifferentStates() {
    continued();
    byte[] state = context.saveState();
    ContextParams params =
        ContextParams.builder().contextSize(512).flashAttention(FlashAttention.OFF).build();
    try (Context other = new Context(model, params)) {
      // llama.cpp keeps the values in another order then, and says so
      assertThatThrownBy(() -> other.loadState(state))
          .isInstanceOf(StateException.class)
          .hasMessageContaining("refused by llama.cpp");
      assertThat(other.generate(request(PROMPT))).isNotEmpty();
    }
  }

  @Test
  void filesThatCannotBeReadOrWritten() {
    assertThatExceptionOfType(StateException.class)
        .isThrownBy(() -> context.loadState(directory.resolve("absent")))
        .withMessageContaining("absent");
    assertThatExceptionOfType(StateException.class).isThrownBy(() -> context.loadState(directory));
    assertThatExceptionOfType(StateException.class)
        .isThrownBy(() -> context.saveState(directory.resolve("no/such/folder")));
    assertThatNullPointerException().isThrownBy(() -> context.loadState((byte[]) null));
    assertThatNullPointerException().isThrownBy(() -> context.saveState(null));
    context.close();
    assertThatThrownBy(() -> context.saveState()).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> context.loadState(new byte[0]))
        .isInstanceOf(IllegalStateException.class);
  }
}
