package dev.llamastream.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.llamastream.Embedder;
import dev.llamastream.Model;
import dev.llamastream.NativeLibraryException;
import dev.llamastream.chat.ToolChoice;
import dev.llamastream.engine.Engine;
import dev.llamastream.fixture.ServedModel;
import dev.llamastream.fixture.TinyEncoder;
import dev.llamastream.springai.LlamaChatModel;
import dev.llamastream.springai.LlamaChatOptions;
import dev.llamastream.springai.LlamaEmbeddingModel;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Which beans there are, and what they do. */
@Timeout(120)
class StarterTest {

  @Test
  void aModelIsAllThatIsNeeded() {
    Applications.endless()
        .withPropertyValues("spring.ai.llamastream.chat.max-tokens=3")
        .run(
            context -> {
              assertThat(context)
                  .hasSingleBean(Model.class)
                  .hasSingleBean(Engine.class)
                  .hasSingleBean(ChatModel.class)
                  .hasSingleBean(ChatClient.Builder.class)
                  .doesNotHaveBean(EmbeddingModel.class);
              ChatClient client = context.getBean(ChatClient.Builder.class).build();
              assertThat(client.prompt("Hi").call().content()).isEqualTo("one two three ");
              assertThat(client.prompt("Hi").stream().content().collectList().block())
                  .containsExactly("one ", "two ", "three ");
              assertThat(context.getBean(LlamaChatModel.class).getOptions().getModel())
                  .isEqualTo(context.getBean(Model.class).info().name());
            });
  }

  @Test
  void closingTheContextFreesEverything() {
    record Opened(Model model, Engine engine, Embedder embedder) {}
    Opened[] opened = new Opened[1];
    Applications.endless()
        .withPropertyValues(
            "spring.ai.llamastream.embedding.model=" + new TinyEncoder(64, 1).path())
        .run(
            context ->
                opened[0] =
                    new Opened(
                        context.getBean(Model.class),
                        context.getBean(Engine.class),
                        context.getBean(Embedder.class)));

    assertThat(opened[0].engine().isClosed()).isTrue();
    assertThat(catchThrowable(() -> Engine.open(opened[0].model())))
        .isInstanceOf(IllegalStateException.class);
    assertThat(catchThrowable(() -> opened[0].embedder().embed("a")))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anotherModelIsChosen() {
    Applications.starter()
        .withPropertyValues("spring.ai.model.chat=openai", "spring.ai.model.embedding=none")
        .withBean("other", ChatModel.class, OtherModel::new)
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(Engine.class)
                    .doesNotHaveBean(HealthIndicator.class)
                    .doesNotHaveBean(LlamaChatModel.class));
  }

  /** An application with an engine of its own. */
  @Configuration(proxyBeanMethods = false)
  static class OwnEngine {
    @Bean
    Model ownModel() {
      return Model.load(Applications.ENDLESS);
    }

    @Bean
    Engine ownEngine(Model model) {
      return Engine.open(model);
    }
  }

  @Test
  void beansOfTheApplicationWin() {
    Applications.starter()
        .withUserConfiguration(OwnEngine.class)
        .run(
            context -> {
              assertThat(context).getBeanNames(Model.class).containsExactly("ownModel");
              assertThat(context).getBeanNames(Engine.class).containsExactly("ownEngine");
              assertThat(context).hasSingleBean(LlamaChatModel.class);
            });
    try (Model model = Model.load(Applications.ENDLESS);
        Engine engine = Engine.open(model)) {
      Applications.starter()
          .withBean("own", LlamaChatModel.class, () -> LlamaChatModel.builder(engine).build())
          .run(
              context ->
                  assertThat(context)
                      .hasNotFailed()
                      .hasSingleBean(ChatModel.class)
                      .doesNotHaveBean(Engine.class));
    }
  }

  @Test
  void embeddings() {
    Applications.starter()
        .withPropertyValues(
            "spring.ai.model.chat=none",
            "spring.ai.llamastream.embedding.model=" + new TinyEncoder(64, 1).path())
        .withBean("other", ChatModel.class, OtherModel::new)
        .run(
            context -> {
              assertThat(context)
                  .hasSingleBean(LlamaEmbeddingModel.class)
                  .doesNotHaveBean(Model.class);
              assertThat(context.getBean(EmbeddingModel.class).embed("a"))
                  .hasSize(TinyEncoder.EMBEDDING);
            });
  }

  @Test
  void health() {
    Applications.endless()
        .run(
            context -> {
              HealthIndicator health =
                  context.getBean("llamastreamHealthIndicator", HealthIndicator.class);
              assertThat(health.health().getStatus()).isEqualTo(Status.UP);
              assertThat(health.health().getDetails())
                  .containsEntry("running", 0)
                  .containsEntry("kvCells", 8192);
              context.getBean(Engine.class).close();
              assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
            });
    Applications.endless()
        .withPropertyValues("management.health.llamastream.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
  }

  /** With all that is on the class path, as a real one. */
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {}

  @Test
  void theStarterIsFound() {
    new ApplicationContextRunner()
        .withUserConfiguration(Application.class)
        .withPropertyValues("spring.ai.llamastream.model=" + Applications.ENDLESS)
        .run(
            context ->
                assertThat(context)
                    .hasSingleBean(ChatClient.Builder.class)
                    .hasBean("llamastreamHealthIndicator")
                    .hasBean("llamastreamMetrics"));
  }

  /** With this starter only. */
  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration({
    LlamaChatAutoConfiguration.class,
    LlamaHealthAutoConfiguration.class,
    LlamaMetricsAutoConfiguration.class
  })
  static class Bare {}

  @Test
  void nothingOptionalIsNeeded() {
    new ApplicationContextRunner()
        .withUserConfiguration(Bare.class)
        .withPropertyValues("spring.ai.llamastream.model=" + Applications.ENDLESS)
        .withClassLoader(
            new FilteredClassLoader("org.springframework.boot.health", "io.micrometer.core"))
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean("llamastreamHealthIndicator")
                    .doesNotHaveBean("llamastreamMetrics"));
  }

  @Test
  void gauges() {
    Applications.endless()
        .run(
            context -> {
              SimpleMeterRegistry meters = new SimpleMeterRegistry();
              context.getBean(MeterBinder.class).bindTo(meters);
              assertThat(meters.get("llamastream.kv.size").gauge().value()).isEqualTo(8192);
              assertThat(meters.get("llamastream.streams.running").gauge().value()).isZero();
            });
  }

  /** A tool of an application. */
  static final class Counter {
    final AtomicInteger calls = new AtomicInteger();

    @Tool(description = "Counts", returnDirect = true)
    int count(String what) {
      assertThat(what).isNotNull();
      return calls.incrementAndGet();
    }
  }

  record City(String name) {}

  @Test
  void toolsAndEntitiesOfARealModel() {
    Applications.starter()
        .withPropertyValues(
            "spring.ai.llamastream.model=" + System.getProperty("llamastream.test.model"),
            "spring.ai.llamastream.chat.temperature=0",
            "spring.ai.llamastream.chat.max-tokens=200")
        .run(
            context -> {
              ChatClient client = context.getBean(ChatClient.Builder.class).build();
              Counter counter = new Counter();
              String counted =
                  client
                      .prompt("Count the sheep.")
                      .options(LlamaChatOptions.builder().toolChoice(ToolChoice.REQUIRED))
                      .tools(counter)
                      .call()
                      .content();
              assertThat(counted).isEqualTo("1");
              assertThat(
                      client
                          .prompt("Name a city.")
                          .call()
                          .entity(City.class, spec -> spec.useProviderStructuredOutput())
                          .name())
                  .isNotEmpty();
            });
  }

  @Test
  void noModel() {
    Applications.starter()
        .run(
            context -> {
              Throwable failure = context.getStartupFailure();
              assertThat(Failures.description(failure))
                  .isEqualTo("spring.ai.llamastream.model is not set");
              assertThat(Failures.action(failure))
                  .contains("Set spring.ai.llamastream.model to a model's name")
                  .contains("spring.ai.model.chat=");
            });
    Applications.endless()
        .withPropertyValues("spring.ai.model.embedding=llamastream")
        .run(
            context ->
                assertThat(Failures.description(context.getStartupFailure()))
                    .isEqualTo("spring.ai.llamastream.embedding.model is not set"));
  }

  @Test
  void aModelByName() throws IOException {
    try (ServedModel server = new ServedModel(Applications.ENDLESS)) {
      Applications.starter()
          .withPropertyValues("spring.ai.llamastream.model=" + server.name())
          .run(context -> assertThat(context).hasNotFailed().hasSingleBean(ChatModel.class));
    }
  }

  @Test
  void aNameThatNoModelHas() {
    Applications.starter()
        .withPropertyValues("spring.ai.llamastream.model=llama3.2:1bb")
        .run(
            context ->
                assertThat(Failures.description(context.getStartupFailure()))
                    .contains("no model is called 'llama3.2:1bb'", "did you mean llama3.2:1b"));
  }

  @Test
  void wrongFiles(@TempDir Path folder) {
    for (Path wrong : List.of(folder, folder.resolve("no.gguf"))) {
      Applications.starter()
          .withPropertyValues("spring.ai.llamastream.model=" + wrong)
          .run(
              context -> {
                Throwable failure = context.getStartupFailure();
                assertThat(Failures.description(failure))
                    .startsWith(
                        "spring.ai.llamastream.model is " + wrong + ", which cannot be loaded: ");
                assertThat(Failures.action(failure))
                    .contains(Path.of("").toAbsolutePath().toString());
              });
    }
    Applications.starter()
        .withPropertyValues("spring.ai.llamastream.model=" + new TinyEncoder(64, 1).path())
        .run(
            context ->
                assertThat(Failures.action(context.getStartupFailure()))
                    .startsWith("Change the values of spring.ai.llamastream.*"));
  }

  /** The model of another starter. */
  static final class OtherModel implements ChatModel {
    @Override
    public ChatResponse call(Prompt prompt) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void twoChatModels() {
    Applications.endless()
        .withBean("other", ChatModel.class, OtherModel::new)
        .run(
            context -> {
              Throwable failure = catchThrowable(() -> context.getBean(ChatClient.Builder.class));
              assertThat(Failures.description(failure))
                  .startsWith("One chat model is needed, but there are 2: other, llamaChatModel.");
              assertThat(Failures.action(failure)).contains("spring.ai.model.chat=llamastream");
            });
    Applications.endless()
        .withBean("other", ChatModel.class, OtherModel::new, bean -> bean.setPrimary(true))
        .run(context -> assertThat(context.getBean(ChatClient.Builder.class)).isNotNull());
  }

  @Test
  void nativeLibraries() {
    Throwable refused =
        new NativeLibraryException("no", new IllegalCallerException("Illegal native access"));
    assertThat(Failures.action(refused))
        .contains("Enable-Native-Access: ALL-UNNAMED")
        .contains("--enable-native-access=ALL-UNNAMED");
    Throwable missing = new NativeLibraryException("no native libraries for x. Add y.");
    assertThat(Failures.description(missing)).isEqualTo("no native libraries for x. Add y.");
    assertThat(Failures.action(missing)).isNull();
  }
}
