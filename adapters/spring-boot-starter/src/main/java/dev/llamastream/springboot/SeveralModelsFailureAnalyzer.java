package dev.llamastream.springboot;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Says how to choose among several models. Comes before Boot's analyzer of any beans. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SeveralModelsFailureAnalyzer
    extends AbstractFailureAnalyzer<NoUniqueBeanDefinitionException> {

  @Override
  protected @Nullable FailureAnalysis analyze(
      Throwable failure, NoUniqueBeanDefinitionException cause) {
    Class<?> type = cause.getBeanType();
    if (type == ChatModel.class) {
      return analysis("chat", "ChatClient.builder(model)", cause, failure);
    }
    if (type == EmbeddingModel.class) {
      return analysis("embedding", "its own bean", cause, failure);
    }
    return null;
  }

  private static FailureAnalysis analysis(
      String kind, String own, NoUniqueBeanDefinitionException cause, Throwable failure) {
    Collection<String> names =
        cause.getBeanNamesFound() == null ? List.of() : cause.getBeanNamesFound();
    return new FailureAnalysis(
        String.format(
            Locale.ROOT,
            "One %s model is needed, but there are %d: %s.%nEach starter of a model on the class"
                + " path brings one.",
            kind,
            cause.getNumberOfBeansFound(),
            String.join(", ", names)),
        String.format(
            Locale.ROOT,
            "Say which one to use:%n%n    spring.ai.model.%s=llamastream%n%nor the name of another"
                + " starter, such as openai or ollama. To use several, mark one bean @Primary, or"
                + " inject each by its name with @Qualifier and use %s.",
            kind,
            own),
        failure);
  }
}
