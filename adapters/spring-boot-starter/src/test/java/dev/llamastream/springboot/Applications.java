package dev.llamastream.springboot;

import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import java.nio.file.Path;
import org.springframework.ai.model.chat.client.autoconfigure.ChatClientAutoConfiguration;
import org.springframework.ai.model.tool.autoconfigure.ToolCallingAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Applications to test. */
final class Applications {

  /** A model that says the same three words again and again. */
  static final Path ENDLESS =
      ScriptedModel.of("one ", "two ", "three ")
          .repeat()
          .gguf()
          .put(ChatTemplate.KEY, ChatTemplate.CHATML)
          .writeShared("boot");

  private Applications() {}

  /** With the starter, but without a model. */
  static ApplicationContextRunner starter() {
    return new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                LlamaChatAutoConfiguration.class,
                LlamaEmbeddingAutoConfiguration.class,
                LlamaHealthAutoConfiguration.class,
                LlamaMetricsAutoConfiguration.class,
                ToolCallingAutoConfiguration.class,
                ChatClientAutoConfiguration.class));
  }

  /** With {@link #ENDLESS}. */
  static ApplicationContextRunner endless() {
    return starter()
        .withPropertyValues(
            "spring.ai.llamastream.model=" + ENDLESS,
            "spring.ai.llamastream.threads=1",
            "spring.ai.llamastream.batch-threads=1");
  }
}
