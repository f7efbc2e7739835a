package dev.llamastream;

import static dev.llamastream.TestStreams.greedy;
import static dev.llamastream.TestStreams.open;
import static dev.llamastream.TestStreams.pieces;
import static dev.llamastream.TestStreams.tokens;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.fixture.TinyModel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Characters over several tokens, and stop sequences. */
class TextTest {

  @Test
  void charactersOfSeveralTokensComeWhole() {
    String text = "Hi 👋 世界 é🏳️‍🌈";
    Run run = run(ScriptedModel.ofBytes(text), greedy("x"));
    assertThat(run.pieces()).isEqualTo(text.codePoints().mapToObj(Character::toString).toList());
    assertThat(run.reason()).isEqualTo(FinishReason.END_OF_TEXT);
  }

  @Test
  void tokensMayEndOneCharacterAndBeginTheNext() {
    byte[] bytes = "a世界👋z".getBytes(UTF_8);
    List<byte[]> parts = new ArrayList<>();
    int[] cuts = {0, 2, 5, 8, 10, 12};
    for (int i = 1; i < cuts.length; i++) {
      parts.add(Arrays.copyOfRange(bytes, cuts[i - 1], cuts[i]));
    }
    Run run = run(new ScriptedModel(parts, false), greedy("x"));
    assertThat(run.pieces()).containsExactly("a", "世", "界", "👋z");
  }

  @Test
  void tokenWithoutNewTextHasAnEmptyOne() {
    try (Model model = Model.load(ScriptedModel.ofBytes("👋!").path());
        Context context = open(model, 256)) {
      assertThat(tokens(context.generateStream(greedy("x").build())))
          .extracting(Token::text)
          .containsExactly("", "", "", "👋", "!", "");
    }
  }

  @Test
  void characterThatRemainsIncompleteIsReplacedAtTheEnd() {
    ScriptedModel cut = cutAfter("ok👋", 5);
    assertThat(run(cut, greedy("x")).pieces()).containsExactly("o", "k", "\uFFFD");
    assertThat(run(cut, greedy("x").maxTokens(4)).pieces()).containsExactly("o", "k", "\uFFFD");
    assertThat(run(cut, greedy("x").maxTokens(2)).pieces()).containsExactly("o", "k");
  }

  @Test
  void characterThatCancelLeavesIncompleteIsDropped() {
    try (Model model = Model.load(cutAfter("ok👋", 5).path());
        Context context = open(model, 256)) {
      TokenStream stream = context.generateStream(greedy("x").build());
      for (int i = 0; i < 4; i++) {
        assertThat(stream.tokens().next().last()).isFalse();
      }
      stream.cancel();
      assertThat(pieces(stream)).isEmpty();
    }
  }

  @Test
  void bytesThatAreNoTextAreReplaced() {
    byte[][] parts = {{(byte) 0xff}, {'a', (byte) 0xc3}, {'b', (byte) 0xed, (byte) 0xa0}, {'c'}};
    ScriptedModel script = new ScriptedModel(List.of(parts), false);
    assertThat(run(script, greedy("x")).text())
        .isEqualTo(script.text())
        .matches("\uFFFD+a\uFFFD+b\uFFFD+c");
  }

  /** Tokens, and stop sequences, are separated by bars. */
  @ParameterizedTest
  @CsvSource({
    // tokens            stop sequences   text and reason
    "one t|wo thr|ee,    two,             'one ', STOP_SEQUENCE",
    "one t|wo thr|ee,    'two three',     'one ', STOP_SEQUENCE",
    "one t|wo thr|ee,    three|two,       'one ', STOP_SEQUENCE",
    "one t|wo thr|ee,    'one two',       '', STOP_SEQUENCE",
    "one t|wo thr|ee,    one,             '', STOP_SEQUENCE",
    "one t|wo thr|ee,    ee,              'one two thr', STOP_SEQUENCE",
    "one t|wo thr|ee,    'three!',        'one two three', END_OF_TEXT",
    "one t|wo thr|ee,    'two four',      'one two three', END_OF_TEXT",
    "one t|wo thr|ee,    O|t|w,           'one ', STOP_SEQUENCE",
    "aaa|ab|c,           aab,             'aa', STOP_SEQUENCE",
    "ab|cd|ef,           abcdefg|cde,     'ab', STOP_SEQUENCE",
    "ab|cd|ef,           abcdefg|de,      'abc', STOP_SEQUENCE",
    "ab|cd|ef,           bcx|cdex|f,      'abcde', STOP_SEQUENCE",
    "ab|cd|ef,           abc|abcd,        '', STOP_SEQUENCE",
    "ab|cd|ef,           cd|abcd,         '', STOP_SEQUENCE",
    "👋EN|D👋|x,          END,             '👋', STOP_SEQUENCE",
    "ab👋cd👌|x,          👌,              'ab👋cd', STOP_SEQUENCE",
    "ab👋cd👋|x,          👌,              'ab👋cd👋x', END_OF_TEXT"
  })
  void stopSequenceEndsTheTextBeforeIt(
      String tokens, String stops, String text, FinishReason reason) {
    Run run =
        run(ScriptedModel.of(tokens.split("\\|")), greedy("?").stopSequences(stops.split("\\|")));
    assertThat(run.text()).isEqualTo(text);
    assertThat(run.reason()).isEqualTo(reason);
  }

  @Test
  void stopSequenceMayBeACharacterOfSeveralTokens() {
    ScriptedModel script = ScriptedModel.ofBytes("a世界b");
    assertThat(run(script, greedy("x").stopSequences("界")).text()).isEqualTo("a世");
    assertThat(run(script, greedy("x").stopSequences("世界b")).text()).isEqualTo("a");
  }

  @Test
  void textIsHeldBackOnlyWhileItMayBeAStopSequence() {
    try (Model model = Model.load(ScriptedModel.of("a#", "#", "b", "##", "c#").path());
        Context context = open(model, 256)) {
      GenerationRequest request = greedy("x").stopSequences("###").build();
      assertThat(tokens(context.generateStream(request)))
          .extracting(Token::text)
          .containsExactly("a", "", "##b", "", "##c", "#");
      request = greedy("x").stopSequences("###").maxTokens(2).build();
      assertThat(tokens(context.generateStream(request)))
          .extracting(Token::text)
          .containsExactly("a", "##");
    }
  }

  @Test
  void stopSequenceWinsOverTheLastTokenAllowed() {
    Run run = run(ScriptedModel.of("ab", "cd"), greedy("x").stopSequences("d").maxTokens(2));
    assertThat(run.reason()).isEqualTo(FinishReason.STOP_SEQUENCE);
    assertThat(run.text()).isEqualTo("abc");
  }

  @Test
  void promptIsNotSearchedForStopSequences() {
    Run run =
        run(ScriptedModel.of("END", "ND", "x"), greedy("END E").echo(true).stopSequences("ENDN"));
    assertThat(run.pieces().getFirst()).isEqualTo("END E");
    assertThat(run.text()).isEqualTo("END E");
    assertThat(run.reason()).isEqualTo(FinishReason.STOP_SEQUENCE);
  }

  @Test
  void randomStopSequencesAreFoundWhereTheyAre() {
    Random random = new Random(11);
    int stopped = 0;
    TinyModel printable =
        TinyModel.defaults().withText(TinyModel.Text.PRINTABLE).withPieces("ab", "a👋", "\n\n");
    try (Model model = Model.load(printable.path());
        Context context = open(model, 512)) {
      for (int seed = 0; seed < 300; seed++) {
        GenerationRequest.Builder request =
            GenerationRequest.builder("prompt " + seed)
                .maxTokens(30)
                .reusePrefix(false)
                .sampler(SamplerParams.builder().seed(seed).temperature(1.2).build());
        String text = context.generate(request.build());
        List<String> stops = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
          int from =
              text.offsetByCodePoints(0, random.nextInt(text.codePointCount(0, text.length())));
          int to =
              text.offsetByCodePoints(
                  from, Math.min(random.nextInt(6), text.codePointCount(from, text.length())));
          stops.add(text.substring(from, to) + (to == from || random.nextBoolean() ? "~!" : ""));
        }
        TokenStream stream = context.generateStream(request.stopSequences(stops).build());
        String expected = beforeFirstStop(text, stops);
        assertThat(String.join("", pieces(stream))).as("%s in %s", stops, text).isEqualTo(expected);
        boolean found = !expected.equals(text);
        assertThat(stream.finishReason())
            .contains(found ? FinishReason.STOP_SEQUENCE : FinishReason.MAX_TOKENS);
        stopped += found ? 1 : 0;
      }
    }
    assertThat(stopped).isBetween(50, 299);
  }

  /** Text before the stop sequence whose end comes first. */
  private static String beforeFirstStop(String text, List<String> stops) {
    for (int end = 1; end <= text.length(); end++) {
      String until = text.substring(0, end);
      int longest = stops.stream().filter(until::endsWith).mapToInt(String::length).max().orElse(0);
      if (longest > 0) {
        return until.substring(0, end - longest);
      }
    }
    return text;
  }

  @Test
  void randomBytesComeOutAsTheTextTheyAre() {
    try (Model model = Model.load(TinyModel.defaultPath());
        Context context = open(model, 256)) {
      for (int seed = 0; seed < 1_000; seed++) {
        GenerationRequest request =
            GenerationRequest.builder("世" + seed)
                .maxTokens(1 + seed % 40)
                .reusePrefix(false)
                .sampler(SamplerParams.builder().seed(seed).temperature(1.5).topK(0).build())
                .build();
        List<Token> tokens = tokens(context.generateStream(request));
        List<String> pieces = pieces(context.generateStream(request));
        assertThat(String.join("", pieces)).as("seed %d", seed).isEqualTo(decoded(tokens));
        assertThat(pieces).as("seed %d", seed).noneMatch(TextTest::hasLoneSurrogateOrNothing);
        assertThat(tokens)
            .extracting(Token::text)
            .filteredOn(text -> !text.isEmpty())
            .isEqualTo(pieces);
      }
    }
  }

  private static String decoded(List<Token> tokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Token token : tokens) {
      if (token.id() == ByteVocabulary.SPACE) {
        bytes.write(' ');
      } else if (token.id() > ByteVocabulary.END) {
        bytes.write(token.id() - ByteVocabulary.byteToken((byte) 0));
      }
    }
    return bytes.toString(UTF_8);
  }

  private static boolean hasLoneSurrogateOrNothing(String piece) {
    return piece.isEmpty() || piece.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF);
  }

  private record Run(List<String> pieces, FinishReason reason) {
    String text() {
      return String.join("", pieces);
    }
  }

  private static Run run(ScriptedModel script, GenerationRequest.Builder request) {
    try (Model model = Model.load(script.path());
        Context context = open(model, 256)) {
      TokenStream stream = context.generateStream(request.build());
      List<String> pieces = pieces(stream);
      return new Run(pieces, stream.finishReason().orElseThrow());
    }
  }

  /** The first bytes of a text, one token for each. */
  private static ScriptedModel cutAfter(String text, int bytes) {
    return new ScriptedModel(ScriptedModel.ofBytes(text).pieces().subList(0, bytes), false);
  }
}
