package dev.llamastream;

import static dev.llamastream.TestStreams.draw;
import static dev.llamastream.TestStreams.ids;
import static dev.llamastream.TestStreams.open;
import static dev.llamastream.TestStreams.pieces;
import static dev.llamastream.TestStreams.randomLogits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.fixture.TinyModel;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Text that follows a grammar, and grammars that are none. */
@Timeout(600)
class GrammarStreamTest {
  private static final int A = ByteVocabulary.byteToken((byte) 'a');
  private static final int B = ByteVocabulary.byteToken((byte) 'b');
  private static final int Z = ByteVocabulary.byteToken((byte) 'z');

  private static Model model;
  private static Context context;

  @BeforeAll
  static void load() {
    model = Model.load(TinyModel.defaults().withText(TinyModel.Text.PRINTABLE).path());
    context = open(model, 512);
  }

  @AfterAll
  static void close() {
    context.close();
    model.close();
  }

  /** Each grammar, and the same as a regular expression. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "root ::= [0-9]{4} \"-\" [0-9]{2} \"-\" [0-9]{2}; [0-9]{4}-[0-9]{2}-[0-9]{2}",
        "root ::= \"yes\" | \"no\"; yes|no",
        "root ::= \"é世👋\"; é世👋",
        "root ::= [世-界] [^a-z\\x00-\\x1f\\x7F-\\U0010FFFF]{3}; [世-界][^a-z]{3}",
        "root ::= pair{2,3}\\npair ::= [a-c] (\"+\" | \"-\"); ([a-c][+-]){2,3}",
        "root ::= \"(\" [a-z]{1,5} \")\" \")\" \")\"; \\([a-z]{1,5}\\)\\)\\)",
        "root ::= ((((\"deep\")))); deep",
        "root ::= \"x\"?; x?",
        "root ::= \"\"; ",
      })
  void textFollowsTheGrammar(String grammar, String regex) {
    for (int seed = 0; seed < 20; seed++) {
      SamplerParams.Builder params =
          SamplerParams.builder()
              .seed(seed)
              .temperature(seed % 3)
              .grammar(grammar.replace("\\n", "\n"));
      TokenStream stream = context.generateStream("prompt", 100, params.build());
      assertThat(String.join("", pieces(stream))).matches(regex == null ? "" : regex);
      assertThat(stream.finishReason()).contains(FinishReason.END_OF_TEXT);
    }
  }

  @Test
  void grammarMayGoOnForEver() {
    SamplerParams digits = SamplerParams.builder().seed(1).grammar("root ::= [0-9] root").build();
    TokenStream stream = context.generateStream("prompt", 50, digits);
    assertThat(String.join("", pieces(stream))).matches("[0-9]{50}");
    assertThat(stream.finishReason()).contains(FinishReason.MAX_TOKENS);
  }

  @Test
  void promptIsNoPartOfTheGrammar() {
    SamplerParams params = SamplerParams.builder().seed(1).grammar("root ::= \"abc\"").build();
    assertThat(context.generate("ab", 10, params)).isEqualTo("abc");
  }

  @Test
  void stopSequenceEndsTheTextOfAGrammarToo() {
    GenerationRequest request =
        GenerationRequest.builder("x")
            .sampler(SamplerParams.builder().grammar("root ::= \"a,b,c\"").build())
            .stopSequences("b,")
            .build();
    TokenStream stream = context.generateStream(request);
    assertThat(String.join("", pieces(stream))).isEqualTo("a,");
    assertThat(stream.finishReason()).contains(FinishReason.STOP_SEQUENCE);
  }

  @Test
  void greedyTakesTheBestThatTheGrammarAllows() {
    for (int seed = 0; seed < 50; seed++) {
      float[] logits = randomLogits(seed);
      SamplerParams params =
          SamplerParams.builder().temperature(0).grammar("root ::= [abz]*").build();
      int best =
          Stream.of(A, B, Z, ByteVocabulary.END)
              .max((x, y) -> Float.compare(logits[x], logits[y]))
              .orElseThrow();
      assertThat(draw(context, params, logits, 1)).containsExactly(best);
    }
  }

  @Test
  void whatTheGrammarAllowsKeepsItsProportions() {
    float[] logits = randomLogits(4);
    logits[ByteVocabulary.END] = Float.NEGATIVE_INFINITY;
    SamplerParams params =
        SamplerParams.builder()
            .topK(0)
            .topP(1)
            .minP(0)
            .temperature(1)
            .seed(5)
            .grammar("root ::= [a-z]*")
            .build();
    float[] allowed = new float[logits.length];
    for (int i = 0; i < logits.length; i++) {
      allowed[i] = i >= A && i <= Z ? logits[i] : Float.NEGATIVE_INFINITY;
    }
    SamplingReference.assertDrawnFrom(
        SamplingReference.distribution(params, allowed),
        draw(context, params, logits, 2_000),
        "grammar");
  }

  @Test
  void everySamplerWorksUnderAGrammar() {
    SamplerParams.Builder params =
        SamplerParams.builder().seed(1).grammar("root ::= [a-z]{10} [0-9]{10}");
    String pattern = "[a-z]{10}[0-9]{10}";
    for (SamplerParams.Builder each :
        List.of(
            params.topK(1),
            params.topK(0).typicalP(0.2),
            params.typicalP(1).topNSigma(1),
            params.topNSigma(0).xtc(new Xtc(1, 0)),
            params.repeatPenalty(2).dry(Dry.of(2)),
            params.mirostat(new Mirostat(1, 5, 0.1)),
            params.mirostat(new Mirostat(2, 5, 0.1)))) {
      assertThat(context.generate("x", 100, each.build())).matches(pattern);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.8})
  void whatIsAllowedButBannedIsAnError(double temperature) {
    Map<Integer, Double> bans = new HashMap<>();
    IntStream.rangeClosed('0', '9')
        .forEach(c -> bans.put(ByteVocabulary.byteToken((byte) c), Double.NEGATIVE_INFINITY));
    for (int topK : new int[] {0, 40}) {
      SamplerParams params =
          SamplerParams.builder()
              .temperature(temperature)
              .topK(topK)
              .grammar("root ::= [0-9]+")
              .logitBias(bans)
              .build();
      TokenStream stream = context.generateStream("x", 5, params);
      assertThatThrownBy(stream::next).isInstanceOf(GenerationException.class);
      assertThat(stream.finishReason()).contains(FinishReason.FAILED);
    }
    assertThat(ids(context.generateStream("x", 3, SamplerParams.greedy()))).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#",
        "# comment only\n",
        "root",
        "root ::",
        "root = \"a\"",
        "::= \"a\"",
        "x ::= \"a\"",
        "root ::= x",
        "root ::= \"",
        "root ::= \"a",
        "root ::= \"\\",
        "root ::= \"\\q\"",
        "root ::= \"\\x4\"",
        "root ::= \"\\u12\"",
        "root ::= \"\\U0010\"",
        "root ::= [",
        "root ::= [a",
        "root ::= [a-",
        "root ::= [^",
        "root ::= [\\x]",
        "root ::= (",
        "root ::= (\"a\"",
        "root ::= )",
        "root ::= (\"a\"))",
        "root ::= \"a\" )",
        "root ::= *",
        "root ::= ?",
        "root ::= \"\"*",
        "root ::= \"a\"{",
        "root ::= \"a\"{2",
        "root ::= \"a\"{2,",
        "root ::= \"a\"{x}",
        "root ::= \"a\"{,3}",
        "root ::= \"a\"{-1}",
        "root ::= \"a\"{5,3}",
        "root ::= \"a\"{99999999999999999999999}",
        "root ::= \"a\"{4000000000}",
        "root ::= <",
        "root ::= <[",
        "root ::= <[]>",
        "root ::= <[1]",
        "root ::= <[99999999999999999999999]>",
        "root ::= <abc>",
        "root ::= !",
        "root ::= !<",
        "root ::= @",
        "root ::= root",
        "root ::= root \"a\"",
        "root ::= \"a\" | root",
        "root ::= \"\" root",
        "root ::= x\nx ::= root",
        "root ::= (\"\")*",
        "\uFEFFroot ::= \"a\"",
        "root ::= \"a\0b\"",
        "root ::= \"\uD83D\"",
        "{\"type\": \"object\"}"
      })
  void malformedGrammarIsRefused(String grammar) {
    assertRefused(grammar);
  }

  /** What would overflow the native stack, take all memory, or never return. */
  static Stream<String> monstrousGrammars() {
    StringBuilder chain = new StringBuilder("root ::= r0\n");
    StringBuilder ways = new StringBuilder("root ::= r0\n");
    for (int i = 0; i < 50_000; i++) {
      chain.append(String.format(Locale.ROOT, "r%d ::= r%d\n", i, i + 1));
    }
    for (int i = 0; i < 64; i++) {
      ways.append(String.format(Locale.ROOT, "r%d ::= r%d | r%d\n", i, i + 1, i + 1));
    }
    String group = "(\")\" ";
    return Stream.of(
        chain + "r50000 ::= \"a\"",
        ways + "r64 ::= \"a\"",
        "root ::= " + "(".repeat(10_000) + "\"a\"" + ")".repeat(10_000),
        "root ::= " + "(".repeat(100_000),
        "root ::= " + group.repeat(100_000) + "\"a\"" + ")".repeat(100_000),
        "# " + ")".repeat(100_000) + "\nroot ::= " + "(".repeat(100_000) + "\"a\"",
        "root ::= \"" + "a".repeat(1_000_000) + "\"{2000}",
        "root ::= \"" + "a".repeat(1_000_000) + "\"{0,2000}",
        "root ::= ((\"a\"{2000}){2000}){2000}",
        "root ::= [" + "a-z".repeat(300_000) + "]{2000}",
        "root ::= \"a\"" + "*".repeat(100_000),
        "root ::= \"" + "a".repeat(1 << 20) + "\"");
  }

  @ParameterizedTest
  @MethodSource("monstrousGrammars")
  void monstrousGrammarIsRefused(String grammar) {
    assertRefused(grammar);
  }

  private static void assertRefused(String grammar) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> context.generateStream("x", 5, SamplerParams.builder().grammar(grammar).build()))
        .withMessageContaining("grammar");
    assertThat(context.generate("x", 1, SamplerParams.greedy())).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "root ::= [)] [)] [(]", "root ::= \")\" \")\" \"(\"", "# )))\nroot ::= (\"a\")",
        "root ::= [(] [)] # (((", "root ::= \"\\\"(\" [\\](]", "root ::= (((\"a\" | (\"b\"))))*"
      })
  void parenthesesThatGroupNothingAreNoNesting(String grammar) {
    SamplerParams params = SamplerParams.builder().grammar(grammar).seed(1).build();
    assertThat(context.generate("x", 3, params)).isNotNull();
  }
}
