package dev.llamastream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.fixture.GgufWriter;
import dev.llamastream.fixture.TinyModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenizerTest {

  private static final int MEGABYTE = 1 << 20;

  /** SmolLM2's tokenizer is a byte-level BPE, the tiny model's a SentencePiece one. */
  private enum Kind {
    REAL,
    TINY
  }

  static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "Hello, world!",
          "  two  spaces  and\ttabs\r\n\n\n ",
          "it's I'm we've can't 12345 3.14 x=y*z;",
          "Grüße, café, naïve, Ωμέγα, Привет, שלום, العربية, हिन्दी",
          "你好世界,这是一个测试。日本語のテキスト 한국어",
          "emoji 😀👍🏽 family 👨‍👩‍👧‍👦 flag 🇩🇪 math 𝔘𝔫𝔦",
          "combining e\u0301 \u200b\u200d\ufeff\u202e zero width",
          "NUL \0 in \0\0 between\0",
          "\u0001\u0007\u001b[31m\u007f\u0080\u00a0\u2028",
          "the replacement character \ufffd and \uffff",
          "a . b , c ! n't 're   .");

  private Map<Kind, Model> models = Map.of();

  @BeforeAll
  void load() {
    ModelParams vocabOnly = ModelParams.builder().vocabOnly(true).build();
    Path real = Path.of(System.getProperty("llamastream.test.model"));
    models =
        Map.of(
            Kind.REAL, Model.load(real, vocabOnly),
            Kind.TINY, Model.load(TinyModel.defaultPath(), vocabOnly));
  }

  @AfterAll
  void close() {
    models.values().forEach(Model::close);
  }

  private Tokenizer tokenizer(Kind kind) {
    return models.get(kind).tokenizer();
  }

  @ParameterizedTest
  @FieldSource("TEXTS")
  void textsComeBackAsTheyWere(String text) {
    for (Kind kind : Kind.values()) {
      Tokenizer tokenizer = tokenizer(kind);
      assertThat(tokenizer.decode(tokenizer.encode(text))).as("%s", kind).isEqualTo(text);
      assertThat(tokenizer.decode(tokenizer.encode(text, false, false))).isEqualTo(text);
    }
  }

  /** Not half a pair, not the tiny model's other space, not what SmolLM2 has no tokens for. */
  private static boolean inBothVocabularies(int c) {
    return c != '▁'
        && (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
        && "\u0004\u0006\u0013\u0014\u0016\u001d".indexOf(c) < 0
        && (c < 0x40000 || c >= 0xc0000);
  }

  @Test
  void everyCharacterComesBack() {
    StringBuilder all = new StringBuilder();
    for (int c = 0; c <= Character.MAX_CODE_POINT; c += c < 0x3000 ? 1 : 37) {
      if (inBothVocabularies(c)) {
        all.appendCodePoint(c).append(c % 5 == 0 ? " " : "");
      }
    }
    textsComeBackAsTheyWere(all.toString());
  }

  @Test
  void randomTextsComeBack() {
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      StringBuilder text = new StringBuilder();
      random
          .ints(random.nextInt(60), 0, 0x500)
          .map(c -> random.nextInt(9) == 0 ? 0x1f300 + c : c)
          .filter(TokenizerTest::inBothVocabularies)
          .forEach(text::appendCodePoint);
      textsComeBackAsTheyWere(text.toString());
    }
  }

  @Test
  void knownTokens() {
    assertThat(tokenizer(Kind.REAL).encode("Hello, world! 123"))
        .containsExactly(19556, 28, 905, 17, 216, 33, 34, 35);
    assertThat(tokenizer(Kind.TINY).encode("Hé 😀\n"))
        .containsExactly(ByteVocabulary.encode("Hé 😀\n"));
  }

  @ParameterizedTest
  @EnumSource
  void halfASurrogatePairIsAQuestionMark(Kind kind) {
    Tokenizer tokenizer = tokenizer(kind);
    for (String half : List.of("\ud83d", "\ude00", "\ude00\ud83d", "a\ud83db", "\ud83d\0")) {
      assertThat(tokenizer.decode(tokenizer.encode(half)))
          .isEqualTo(new String(half.getBytes(UTF_8), UTF_8));
    }
  }

  /** What splits text before it is encoded could recurse for each character. */
  @ParameterizedTest
  @ValueSource(strings = {"a", "7", "é", "😀", "\n", "the cat 你 "})
  void aMegabyteComesBack(String unit) {
    String text = unit.repeat(MEGABYTE / unit.getBytes(UTF_8).length);
    Tokenizer tokenizer = tokenizer(Kind.REAL);
    assertThat(tokenizer.decode(tokenizer.encode(text)).equals(text)).isTrue();
  }

  @Test
  void aMegabyteOfBytesComesBack() {
    String text = "the cat 你 😀".repeat(MEGABYTE / 16);
    int[] tokens = tokenizer(Kind.TINY).encode(text);
    assertThat(tokens.length).isGreaterThan(MEGABYTE);
    assertThat(tokenizer(Kind.TINY).decode(tokens).equals(text)).isTrue();
  }

  @Test
  void specialTokensAreAddedWhereTheModelWantsThem() {
    Tokenizer tiny = tokenizer(Kind.TINY);
    assertThat(tiny.encode("")).containsExactly(ByteVocabulary.BEGIN);
    assertThat(tiny.encode("", false, true)).isEmpty();
    assertThat(tiny.encode("a", true, false)).containsExactly(ByteVocabulary.encode("a"));
    assertThat(tiny.encode("a", false, false))
        .containsExactly(ByteVocabulary.byteToken((byte) 'a'));
    // SmolLM2 wants none
    assertThat(tokenizer(Kind.REAL).encode("")).isEmpty();
  }

  @Test
  void specialTokensInTheTextAreParsedOnDemand() {
    Tokenizer tiny = tokenizer(Kind.TINY);
    assertThat(tiny.encode("</s>", false, true)).containsExactly(ByteVocabulary.END);
    assertThat(tiny.encode("</s>", false, false)).hasSize(4);

    Tokenizer real = tokenizer(Kind.REAL);
    assertThat(real.encode("<|im_start|>", true, true)).containsExactly(1);
    assertThat(real.encode("<|im_start|>", true, false)).hasSizeGreaterThan(2).doesNotContain(1);
  }

  @Test
  void specialTokensHaveNoText() {
    assertThat(tokenizer(Kind.REAL).decode(new int[] {1, 2, 0})).isEmpty();
    assertThat(tokenizer(Kind.TINY).decode(new int[] {ByteVocabulary.BEGIN, ByteVocabulary.END}))
        .isEmpty();
  }

  @Test
  void brokenCharactersBecomeReplacements() {
    Tokenizer tiny = tokenizer(Kind.TINY);
    int[] tokens = {
      ByteVocabulary.byteToken((byte) 'a'),
      ByteVocabulary.byteToken((byte) 0xf0),
      ByteVocabulary.byteToken((byte) 0x9f),
      ByteVocabulary.byteToken((byte) 'b')
    };
    assertThat(tiny.decode(tokens)).isEqualTo("a\ufffdb");
  }

  @ParameterizedTest
  @EnumSource
  void theBytesOfATextsTokensAreItsBytes(Kind kind) throws IOException {
    Tokenizer tokenizer = tokenizer(kind);
    for (String text : TEXTS) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (int token : tokenizer.encode(text)) {
        bytes.write(tokenizer.bytes(token));
      }
      assertThat(bytes.toString(UTF_8)).as("%s", kind).isEqualTo(text);
    }
  }

  @Test
  void specialTokensHaveNoBytes() {
    assertThat(tokenizer(Kind.REAL).bytes(1)).isEmpty();
    assertThat(tokenizer(Kind.TINY).bytes(ByteVocabulary.BEGIN)).isEmpty();
  }

  /** {@code decode} takes the space for the one that the tokenizer puts in front of a text. */
  @Test
  void theBytesOfATokenHaveItsSpace() {
    Path path =
        TinyModel.defaults()
            .gguf()
            .change("tokenizer.ggml.add_space_prefix", true)
            .writeShared("spaces");
    try (Model spaces = Model.load(path, ModelParams.builder().vocabOnly(true).build())) {
      assertThat(spaces.tokenizer().bytes(ByteVocabulary.SPACE)).containsExactly(' ');
      assertThat(spaces.tokenizer().decode(new int[] {ByteVocabulary.SPACE})).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyTokenCanBeDecoded(Kind kind) {
    int[] tokens = new int[models.get(kind).info().vocabularySize()];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = i;
      assertThat(tokenizer(kind).decode(new int[] {i})).isNotNull();
      assertThat(tokenizer(kind).bytes(i)).isNotNull();
    }
    assertThat(tokenizer(kind).decode(tokens)).isNotEmpty();
    assertThat(tokenizer(kind).decode(new int[0])).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void tokenOutOfRangeIsRefused(Kind kind) {
    int size = models.get(kind).info().vocabularySize();
    for (int token : new int[] {-1, size, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> tokenizer(kind).bytes(token))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("token " + token + ", must be in [0, ");
      assertThatThrownBy(() -> tokenizer(kind).decode(new int[] {0, token, 1}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("tokens: token %d, must be in [0, %d]", token, size - 1);
    }
  }

  @Test
  @SuppressWarnings("NullAway") // on purpose
  void nullIsRefused() {
    assertThatThrownBy(() -> tokenizer(Kind.TINY).encode(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("text");
    assertThatThrownBy(() -> tokenizer(Kind.TINY).decode(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("tokens");
  }

  @Test
  void argumentIsNotChanged() {
    int[] tokens = tokenizer(Kind.TINY).encode("abc");
    int[] before = tokens.clone();
    tokenizer(Kind.TINY).decode(tokens);
    assertThat(tokens).isEqualTo(before);
  }

  @Test
  void useAfterCloseIsRefused() {
    Model model = Model.load(TinyModel.defaultPath());
    Tokenizer tokenizer = model.tokenizer();
    assertThat(tokenizer.encode("a")).hasSize(2);
    model.close();
    assertThatThrownBy(() -> tokenizer.encode("a"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the model is closed");
    assertThatThrownBy(() -> tokenizer.decode(new int[] {1}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the model is closed");
    assertThatThrownBy(() -> tokenizer.bytes(1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> tokenizer.decode(new int[] {-1}))
        .isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @EnumSource
  void eightThreadsAtOnce(Kind kind) throws Exception {
    Tokenizer tokenizer = tokenizer(kind);
    List<int[]> expected = TEXTS.stream().map(tokenizer::encode).toList();
    Callable<List<String>> work =
        () -> {
          List<String> wrong = new ArrayList<>();
          for (int round = 0; round < 50; round++) {
            for (int i = 0; i < TEXTS.size(); i++) {
              int[] tokens = tokenizer.encode(TEXTS.get(i));
              if (!Arrays.equals(tokens, expected.get(i))
                  || !tokenizer.decode(tokens).equals(TEXTS.get(i))) {
                wrong.add(TEXTS.get(i));
              }
            }
          }
          return wrong;
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<List<String>> wrong : threads.invokeAll(Collections.nCopies(8, work))) {
        assertThat(wrong.get()).isEmpty();
      }
    }
  }

  /** Whoever is inside may finish, whoever comes later is refused; nothing else happens. */
  @Test
  void closeWhileOthersTokenize() throws Exception {
    for (int round = 0; round < 20; round++) {
      Model model = Model.load(TinyModel.defaultPath());
      Callable<Long> work =
          () -> {
            for (long encoded = 0; ; encoded++) {
              try {
                model.tokenizer().encode("some text");
              } catch (IllegalStateException e) {
                return encoded;
              }
            }
          };
      try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
        List<Future<Long>> futures = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          futures.add(threads.submit(work));
        }
        model.close();
        for (Future<Long> future : futures) {
          assertThat(future.get()).isNotNegative();
        }
      }
    }
  }

  @Test
  void textsAroundAGap() throws IOException {
    GgufWriter gguf =
        TinyModel.defaults()
            .withPieces("", "", "")
            .gguf()
            .put("tokenizer.ggml.fim_pre_token_id", 260)
            .put("tokenizer.ggml.fim_suf_token_id", 261)
            .put("tokenizer.ggml.fim_mid_token_id", 262);
    try (Model model = Model.load(gguf.writeShared("fim"))) {
      Tokenizer filling = model.tokenizer();
      assertThat(filling.fimTokens())
          .isEqualTo(new FimTokens(260, 261, 262, Token.NONE, Token.NONE, Token.NONE));
      assertThat(filling.fimTokens().canFillIn()).isTrue();
      int[] a = filling.encode("a", false, false);
      int[] b = filling.encode("b", false, false);
      assertThat(filling.fillInMiddle(a, b)).containsExactly(1, 260, a[0], 261, b[0], 262);
      assertThat(filling.fillInMiddle(new int[0], new int[0])).containsExactly(1, 260, 261, 262);
      assertThatThrownBy(() -> filling.fillInMiddle(a, new int[] {99_999}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("after");
    }
  }

  @Test
  void mostModelsFillInNothing() {
    Tokenizer tiny = tokenizer(Kind.TINY);
    assertThat(tiny.fimTokens().canFillIn()).isFalse();
    assertThatThrownBy(() -> tiny.fillInMiddle(new int[] {3}, new int[] {3}))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void piecesAreWrittenWithSpecialTokens() {
    Tokenizer tiny = tokenizer(Kind.TINY);
    assertThat(tiny.piece(ByteVocabulary.BEGIN)).isEqualTo("<s>".getBytes(UTF_8));
    assertThat(tiny.bytes(ByteVocabulary.BEGIN)).isEmpty();
    assertThat(tiny.piece(ByteVocabulary.byteToken((byte) 0xC3))).containsExactly(0xC3);
    for (int token : new int[] {-1, 99_999}) {
      assertThatThrownBy(() -> tiny.piece(token)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
