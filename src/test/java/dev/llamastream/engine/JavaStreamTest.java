package dev.llamastream.engine;

import static dev.llamastream.TestStreams.open;
import static dev.llamastream.engine.Engines.cycleRequest;
import static dev.llamastream.engine.Engines.params;
import static dev.llamastream.engine.Engines.piece;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.llamastream.Context;
import dev.llamastream.FinishReason;
import dev.llamastream.MeteredStream;
import dev.llamastream.Model;
import java.util.Spliterator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link dev.llamastream.TokenStream#stream()}, of a context and of an engine. */
@Timeout(600)
class JavaStreamTest {

  private static Model model;
  private static Context context;
  private static Engine engine;

  @BeforeAll
  static void load() {
    model = Model.load(Engines.CYCLE.path());
    context = open(model, 4096);
    engine = Engine.open(model, params().build());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static Stream<MeteredStream> both(int tokens) {
    return Stream.of(
        context.streamWithStats(cycleRequest(5, 3, tokens).build()),
        engine.streamWithStats(cycleRequest(5, 3, tokens).build()));
  }

  @Test
  void allPiecesInOrder() {
    both(4)
        .forEach(
            stream -> {
              assertThat(stream.stream()).containsExactly(piece(5), piece(6), piece(7), piece(8));
              assertThat(stream.hasNext()).isFalse();
            });
  }

  @Test
  void whatIsLeftOfAStream() {
    both(4)
        .forEach(
            stream -> {
              assertThat(stream.next()).isEqualTo(piece(5));
              assertThat(stream.stream().limit(2)).containsExactly(piece(6), piece(7));
            });
  }

  @Test
  void closeCancels() {
    both(4_000)
        .forEach(
            stream -> {
              try (Stream<String> pieces = stream.stream()) {
                assertThat(pieces.limit(3).toList()).containsExactly(piece(5), piece(6), piece(7));
              }
              stream.forEachRemaining(piece -> assertThat(piece).isNotEmpty());
              assertThat(stream.finishReason()).contains(FinishReason.CANCELLED);
            });
  }

  @Test
  void nothingIsPulledBeforeTheTerminalOperation() {
    MeteredStream stream = context.streamWithStats(cycleRequest(5, 3, 4).build());
    Stream<String> pieces = stream.stream().map(String::strip);
    assertThat(stream.stats().generatedTokens()).isZero();
    assertThat(pieces.findFirst()).contains(piece(5));
    assertThat(stream.stats().generatedTokens()).isOne();
  }

  @Test
  void isSequentialOrderedAndUsedOnce() {
    both(4)
        .forEach(
            stream -> {
              Stream<String> pieces = stream.stream();
              assertThat(pieces.isParallel()).isFalse();
              Spliterator<String> spliterator = pieces.spliterator();
              assertThat(spliterator).hasCharacteristics(Spliterator.ORDERED, Spliterator.NONNULL);
              assertThatIllegalStateException().isThrownBy(pieces::count);
            });
  }
}
