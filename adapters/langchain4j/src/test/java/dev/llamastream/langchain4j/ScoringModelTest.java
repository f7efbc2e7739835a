package dev.llamastream.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.model.output.Response;
import dev.llamastream.Model;
import dev.llamastream.Reranker;
import dev.llamastream.fixture.TinyEncoder;
import java.util.List;
import org.assertj.core.util.DoubleComparator;
import org.junit.jupiter.api.Test;

class ScoringModelTest {

  @Test
  void scoresAreTheRerankers() {
    try (Model model = Model.load(new TinyEncoder(64, 4).path());
        Reranker reranker = Reranker.open(model)) {
      LlamaScoringModel scoring = LlamaScoringModel.of(reranker);
      Response<List<Double>> response =
          scoring.scoreAll(List.of(TextSegment.from("sunny"), TextSegment.from("rain")), "sun?");
      // the last digits depend on the other documents of the batch
      assertThat(response.content())
          .usingElementComparator(new DoubleComparator(1e-3))
          .containsExactly(
              (double) reranker.score("sun?", "sunny"), (double) reranker.score("sun?", "rain"));
      assertThat(response.tokenUsage().inputTokenCount())
          .isEqualTo(reranker.countTokens("sun?", "sunny") + reranker.countTokens("sun?", "rain"));
      assertThat(scoring.score("sunny", "sun?").content())
          .isEqualTo((double) reranker.score("sun?", "sunny"));
      assertThat(scoring.scoreAll(List.of(), "sun?").content()).isEmpty();

      assertThatThrownBy(() -> scoring.score("long ".repeat(40), "sun?"))
          .isInstanceOf(InvalidRequestException.class);
    }
  }

  @Test
  void aClosedReranker() {
    try (Model model = Model.load(new TinyEncoder(64, 4).path())) {
      LlamaScoringModel scoring;
      try (Reranker closed = Reranker.open(model)) {
        scoring = LlamaScoringModel.of(closed);
      }
      assertThatThrownBy(() -> scoring.score("sunny", "sun?"))
          .isInstanceOf(NonRetriableException.class)
          .hasMessageContaining("closed");
    }
  }
}
