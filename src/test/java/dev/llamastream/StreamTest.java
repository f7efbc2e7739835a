package dev.llamastream;

import static dev.llamastream.TestStreams.decoded;
import static dev.llamastream.TestStreams.greedy;
import static dev.llamastream.TestStreams.open;
import static dev.llamastream.TestStreams.pieces;
import static dev.llamastream.TestStreams.tokens;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.fixture.ScriptedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamTest {
  private static final ScriptedModel SCRIPT =
      ScriptedModel.of("Hello", " ", "wörld", "!", " 👋", "");
  private static final int[] PROMPT = {ByteVocabulary.BEGIN, ByteVocabulary.byteToken((byte) 'x')};

  private static Model scripted;
  private static Model endless;

  private Context context;

  @BeforeAll
  static void loadModels() {
    scripted = Model.load(SCRIPT.path());
    endless = Model.load(ScriptedModel.of("ab", "cd", "ef").repeat().path());
  }

  @AfterAll
  static void closeModels() {
    scripted.close();
    endless.close();
  }

  @BeforeEach
  void openContext() {
    context = open(scripted, 8192);
  }

  @AfterEach
  void closeContext() {
    context.close();
  }

  @Test
  void nothingIsDecodedBeforeTheFirstPull() {
    TokenStream stream = context.generateStream(greedy("x").echo(true).build());
    assertThat(stream.next()).isEqualTo("x");
    assertThat(stream.finishReason()).isEmpty();
    assertThat(decoded(context)).isZero();
  }

  @Test
  void eachTokenIsDecodedWhenItIsAskedFor() {
    TokenStream stream = context.generateStream(greedy("x").build());
    for (int pulls = 1; pulls <= 4; pulls++) {
      stream.next();
      assertThat(decoded(context)).isEqualTo(PROMPT.length + pulls - 1);
    }
  }

  @Test
  void hasNextIsIdempotent() {
    TokenStream stream = context.generateStream(greedy("x").build());
    for (int i = 0; i < 5; i++) {
      assertThat(stream.hasNext()).isTrue();
    }
    assertThat(decoded(context)).isEqualTo(PROMPT.length);
    assertThat(stream.next()).isEqualTo("Hello");
    assertThat(stream.next()).isEqualTo(" ");
    stream.forEachRemaining(piece -> {});
    int before = decoded(context);
    assertThat(stream.hasNext()).isFalse();
    assertThat(decoded(context)).isEqualTo(before);
  }

  @Test
  void lastTokenIsNotDecodedForNothing() {
    context.generate(greedy("x").maxTokens(3).build());
    assertThat(decoded(context)).isEqualTo(PROMPT.length + 2);
  }

  @Test
  void pastTheEndThereIsNoElement() {
    TokenStream stream = context.generateStream(greedy("x").maxTokens(1).build());
    assertThat(stream.next()).isEqualTo("Hello");
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(stream::next).isInstanceOf(NoSuchElementException.class);
      assertThatThrownBy(stream.tokens()::next).isInstanceOf(NoSuchElementException.class);
    }
    assertThat(stream.tokens().hasNext()).isFalse();
  }

  @Test
  void streamIsItsOwnIterator() {
    TokenStream stream = context.generateStream(greedy("x").build());
    assertThat(stream.iterator()).isSameAs(stream);
    List<String> pieces = new ArrayList<>();
    for (String piece : stream) {
      pieces.add(piece);
    }
    assertThat(pieces).containsExactly("Hello", " ", "wörld", "!", " 👋");
  }

  @Test
  void tokensTellTheirIdTextAndPosition() {
    List<Token> all = tokens(context.generateStream(greedy("x").build()));
    assertThat(all)
        .extracting(Token::id)
        .containsExactly(260, 261, 262, 263, 264, 265, ByteVocabulary.END);
    assertThat(all)
        .extracting(Token::text)
        .containsExactly("Hello", " ", "wörld", "!", " 👋", "", "");
    assertThat(all).extracting(Token::position).containsExactly(2, 3, 4, 5, 6, 7, 8);
    assertThat(all).extracting(Token::logprob).allMatch(logprob -> logprob.isNaN());
  }

  @Test
  void tokensAndTextPullFromTheSameGeneration() {
    TokenStream stream = context.generateStream(greedy("x").build());
    Iterator<Token> tokens = stream.tokens();
    assertThat(stream.next()).isEqualTo("Hello");
    assertThat(tokens.next().text()).isEqualTo(" ");
    assertThat(stream.hasNext()).isTrue(); // has taken "wörld"
    assertThat(tokens.next().text()).isEqualTo("!");
    assertThat(stream.next()).isEqualTo("wörld");
    assertThat(stream.tokens().next().text()).isEqualTo(" 👋");
    assertThat(stream.hasNext()).isFalse();
    assertThat(tokens.hasNext()).isFalse();
  }

  @Test
  void echoIsTheFirstPieceAndNoToken() {
    GenerationRequest request = greedy("The prompt").echo(true).maxTokens(2).build();
    assertThat(pieces(context.generateStream(request))).containsExactly("The prompt", "Hello", " ");
    assertThat(tokens(context.generateStream(request)))
        .extracting(Token::text)
        .containsExactly("Hello", " ");
    int[] ids = ByteVocabulary.encode("é");
    assertThat(context.generateStream(greedy(ids).echo(true).maxTokens(1).build()).next())
        .isEqualTo("é");
  }

  @Test
  void promptLongerThanTheContextIsRefusedWithNumbers() {
    try (Context small = open(endless, 256)) {
      Throwable thrown = catchThrowable(() -> small.generateStream("y".repeat(256)));
      assertThat(thrown)
          .isInstanceOf(PromptTooLongException.class)
          .hasMessageContainingAll("257", "256");
      assertThat(((PromptTooLongException) thrown).promptTokens()).isEqualTo(257);
      assertThat(((PromptTooLongException) thrown).contextSize()).isEqualTo(256);
      assertThat(small.generate("y".repeat(255), 5)).isEqualTo("ab");
    }
  }

  @Test
  void emptyPromptIsTheBeginTokenWhereThereIsOne(@TempDir Path directory) throws IOException {
    assertThat(context.generate("", 1, SamplerParams.greedy())).isEqualTo("Hello");
    try (Model noBegin = Model.load(withoutBeginToken(directory));
        Context other = open(noBegin, 8192)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> other.generateStream(""))
          .withMessageContaining("prompt");
      assertThat(other.generate("x", 1, SamplerParams.greedy())).isEqualTo("Hello");
      assertThat(other.streamWithStats("x").stats().promptTokens()).isEqualTo(1);
    }
  }

  private static Path withoutBeginToken(Path directory) throws IOException {
    byte[] file = SCRIPT.gguf().toByteArray();
    String key = "tokenizer.ggml.add_bos_token";
    int type = new String(file, ISO_8859_1).indexOf(key) + key.length();
    file[type + 4] = 0;
    return Files.write(directory.resolve("no-begin.gguf"), file);
  }

  @Test
  void promptMayBeTokenIds() {
    String text = context.generate(greedy("x").build());
    assertThat(context.generate(greedy(PROMPT).build())).isEqualTo(text);
    // it goes on behind the script's own token
    assertThat(context.generate(greedy(SCRIPT.token(2)).build())).isEqualTo("! 👋");
  }

  @Test
  void tokenIdsOutOfRangeAreRefused() {
    int size = scripted.info().vocabularySize();
    for (int id : new int[] {-1, size, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> context.generateStream(greedy(1, id).build()))
          .withMessageContainingAll("prompt", String.valueOf(id), "[0, " + (size - 1) + "]");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> greedy(new int[0]))
        .withMessageContaining("prompt");
    assertThat(context.generate(greedy(size - 1).build())).isEmpty();
  }

  @Test
  void refusedRequestLeavesTheOpenStreamAlone() {
    TokenStream stream = context.generateStream(greedy("x").build());
    assertThat(stream.next()).isEqualTo("Hello");
    assertThatThrownBy(() -> context.generateStream("y".repeat(9_000)))
        .isInstanceOf(PromptTooLongException.class);
    SamplerParams bias = SamplerParams.builder().logitBias(Map.of(1 << 20, 1.0)).build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> context.generateStream("x", 5, bias))
        .withMessageContaining("logitBias");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> context.generateStream(greedy(-1).build()));
    assertThat(pieces(stream)).containsExactly(" ", "wörld", "!", " 👋");
  }

  @Test
  void statsAreThereAtAnyMoment() {
    MeteredStream stream = context.streamWithStats(greedy("x").echo(true).build());
    assertThat(stream.stats()).isEqualTo(StreamStats.builder().promptTokens(2).build());
    stream.next(); // the echo
    assertThat(stream.stats().elapsed()).isZero();
    stream.next();
    StreamStats first = stream.stats();
    assertThat(first.generatedTokens()).isEqualTo(1);
    assertThat(first.characters()).isEqualTo(5);
    assertThat(first.promptTokensPerSecond()).isPositive();
    assertThat(first.tokensPerSecond()).isZero();
    assertThat(first.timeToFirstToken()).isPositive().isLessThanOrEqualTo(first.elapsed());
    stream.forEachRemaining(piece -> {});
    StreamStats end = stream.stats();
    assertThat(end.generatedTokens()).isEqualTo(6); // the end token is not counted
    assertThat(end.characters()).isEqualTo("Hello wörld! 👋".codePoints().count());
    assertThat(end.tokensPerSecond()).isPositive();
    assertThat(end.timeToFirstToken()).isEqualTo(first.timeToFirstToken());
    assertThat(end.finishReason()).contains(FinishReason.END_OF_TEXT);
    assertThat(stream.stats()).isEqualTo(end);
    assertThat(end.toString().lines())
        .startsWith("--- Stats ---", "Tokens: 6")
        .contains("Characters: 14")
        .anyMatch(line -> line.startsWith("Time to first token: "));
  }
}
