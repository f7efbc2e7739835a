package dev.llamastream.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.ContextParams;
import dev.llamastream.EmbedderParams;
import dev.llamastream.FlashAttention;
import dev.llamastream.KvCacheType;
import dev.llamastream.ModelParams;
import dev.llamastream.Pooling;
import dev.llamastream.chat.ToolChoice;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.springai.LlamaChatOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Properties and what becomes of them. */
class LlamaPropertiesTest {

  private static LlamaProperties bind(Map<String, String> values) {
    return new Binder(new MapConfigurationPropertySource(values))
        .bindOrCreate(LlamaProperties.PREFIX, LlamaProperties.class);
  }

  @Test
  void defaultsAreTheLibrarys() {
    LlamaProperties properties = bind(Map.of());

    assertThat(properties.modelParams()).isEqualTo(ModelParams.defaults());
    assertThat(properties.engineParams()).isEqualTo(EngineParams.defaults());
    assertThat(properties.embedding().params()).isEqualTo(EmbedderParams.defaults());
    assertThat(properties.chat().options(null)).isEqualTo(LlamaChatOptions.builder().build());
  }

  @Test
  void everyPropertyIsUsed() {
    Map<String, String> values = new TreeMap<>();
    Stream.of(
            "model=chat.gguf",
            "gpu-layers=3",
            "memory-map=false",
            "memory-lock=true",
            "context-size=512",
            "max-tokens-per-stream=256",
            "slots=2",
            "queue-capacity=5",
            "stream-buffer=6",
            "threads=1",
            "batch-threads=2",
            "kv-cache-type=bf16",
            "flash-attention=off",
            "reproducible=true",
            "prefix-store.folder=prefixes",
            "prefix-store.max-bytes=1MB",
            "shutdown-timeout=7s",
            "chat.temperature=0.1",
            "chat.top-k=2",
            "chat.top-p=0.3",
            "chat.min-p=0.4",
            "chat.typical-p=0.5",
            "chat.repeat-penalty=1.6",
            "chat.frequency-penalty=0.7",
            "chat.presence-penalty=0.8",
            "chat.penalty-last-n=9",
            "chat.seed=10",
            "chat.max-tokens=11",
            "chat.stop-sequences=END,STOP",
            "chat.thinking=false",
            "chat.thinking-budget=12",
            "chat.tool-choice=weather",
            "chat.parallel-tool-calls=true",
            "chat.timeout=13s",
            "embedding.model=embed.gguf",
            "embedding.context-size=14",
            "embedding.pooling=mean",
            "embedding.normalize=false",
            "embedding.threads=15")
        .map(line -> line.split("=", 2))
        .forEach(pair -> values.put(LlamaProperties.PREFIX + "." + pair[0], pair[1]));
    LlamaProperties properties = bind(values);

    assertThat(values.keySet()).isEqualTo(names(LlamaProperties.class, LlamaProperties.PREFIX));
    assertThat(properties.model()).isEqualTo("chat.gguf");
    assertThat(properties.modelParams())
        .isEqualTo(
            ModelParams.builder()
                .gpuLayers(3)
                .memoryMap(false)
                .memoryLock(true)
                .repackWeights(false)
                .build());
    assertThat(properties.engineParams())
        .isEqualTo(
            EngineParams.builder()
                .context(
                    ContextParams.builder()
                        .contextSize(512)
                        .threads(1)
                        .batchThreads(2)
                        .kvCacheType(KvCacheType.BF16)
                        .flashAttention(FlashAttention.OFF)
                        .reproducible(true)
                        .build())
                .maxTokensPerStream(256)
                .slots(2)
                .queueCapacity(5)
                .streamBuffer(6)
                .prefixStore(Path.of("prefixes"), 1 << 20)
                .build());
    assertThat(properties.shutdownTimeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(properties.chat().options("name"))
        .isEqualTo(
            LlamaChatOptions.builder()
                .model("name")
                .temperature(0.1)
                .topK(2)
                .topP(0.3)
                .minP(0.4)
                .typicalP(0.5)
                .repeatPenalty(1.6)
                .frequencyPenalty(0.7)
                .presencePenalty(0.8)
                .penaltyLastN(9)
                .seed(10L)
                .maxTokens(11)
                .stopSequences(List.of("END", "STOP"))
                .thinking(false)
                .thinkingBudget(12)
                .toolChoice(ToolChoice.of("weather"))
                .parallelToolCalls(true)
                .timeout(Duration.ofSeconds(13))
                .build());
    assertThat(properties.embedding().model()).isEqualTo("embed.gguf");
    assertThat(properties.embedding().params())
        .isEqualTo(
            EmbedderParams.builder()
                .contextSize(14)
                .pooling(Pooling.MEAN)
                .normalize(false)
                .threads(15)
                .build());
  }

  private static Set<String> names(Class<?> type, String prefix) {
    Set<String> names = new TreeSet<>();
    for (RecordComponent component : type.getRecordComponents()) {
      String name =
          prefix + "." + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
      if (component.getType().isRecord()) {
        names.addAll(names(component.getType(), name));
      } else {
        names.add(name);
      }
    }
    return names;
  }

  @Test
  void theMetadataDescribesEveryProperty() throws IOException {
    Map<String, String> described = described();
    assertThat(described.keySet())
        .containsAll(names(LlamaProperties.class, LlamaProperties.PREFIX))
        .contains("spring.ai.model.chat", "spring.ai.model.embedding");
    assertThat(described.values()).allSatisfy(text -> assertThat(text).endsWith("."));
  }

  /** The properties that docs/frameworks.md shows. */
  @Test
  void thePageShowsWhatIsThere() throws IOException {
    String page = Files.readString(Path.of("..", "..", "docs", "frameworks.md"));
    int from = page.indexOf("```properties\n") + "```properties\n".length();
    Properties shown = new Properties();
    shown.load(new StringReader(page.substring(from, page.indexOf("```", from))));

    assertThat(shown).isNotEmpty();
    assertThat(described()).containsKeys(shown.stringPropertyNames().toArray(new String[0]));
  }

  private static Map<String, String> described() throws IOException {
    JsonNode metadata;
    try (InputStream in =
        LlamaProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
      metadata = new JsonMapper().readTree(in);
    }
    Map<String, String> described = new TreeMap<>();
    metadata
        .get("properties")
        .forEach(
            property ->
                described.put(
                    property.get("name").asString(), property.path("description").asString()));
    return described;
  }

  @ParameterizedTest
  @CsvSource({
    "slots=0, 'spring.ai.llamastream.slots: 0, must be in [1, 128]'",
    "context-size=7, 'spring.ai.llamastream.context-size: 7, must be in [256, 2147483391]'",
    "queue-capacity=0, 'spring.ai.llamastream.queue-capacity: 0, must be in [1, 1048576]'",
    "threads=-1, 'spring.ai.llamastream.threads: -1, must be in [0, 512]'",
    "gpu-layers=-2, 'spring.ai.llamastream.gpu-layers: -2, must be in [-1, 2147483647]'",
    "chat.temperature=-1, 'spring.ai.llamastream.chat.temperature: -1.0, must be in [0.0, 100.0]'",
    "chat.top-p=2, 'spring.ai.llamastream.chat.top-p: 2.0, must be in [0.0, 1.0]'",
    "chat.seed=-2, 'spring.ai.llamastream.chat.seed: -2, must be in [-1, 4294967294]'"
  })
  void badValuesAreNamed(String property, String message) {
    Applications.endless()
        .withPropertyValues(LlamaProperties.PREFIX + "." + property)
        .run(
            context ->
                assertThat(Failures.description(context.getStartupFailure())).isEqualTo(message));
  }
}
