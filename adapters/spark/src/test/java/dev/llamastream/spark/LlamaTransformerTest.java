package dev.llamastream.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.InvalidValueException;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.GgufWriter;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.fixture.TinyEncoder;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.spark.LlamaSettings.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LocalCluster.class)
class LlamaTransformerTest {

  private static final ScriptedModel FRUIT = ScriptedModel.ofBytes("apples and pears");
  private static final Path TINY = TinyModel.defaults().withText(TinyModel.Text.PRINTABLE).path();

  private final SparkSession spark;

  LlamaTransformerTest(SparkSession spark) {
    this.spark = spark;
  }

  private Dataset<Row> texts(int partitions, String... texts) {
    List<String> all = Arrays.asList(texts);
    return spark
        .createDataset(
            new JavaSparkContext(spark.sparkContext()).parallelize(all, partitions).rdd(),
            Encoders.STRING())
        .toDF("text");
  }

  private static LlamaTransformer transformer(LlamaSettings.Builder settings) {
    return new LlamaTransformer().setSettings(settings.build());
  }

  private static GgufWriter talking(ScriptedModel model) {
    return model.gguf().put(ChatTemplate.KEY, ChatTemplate.CHATML);
  }

  @Test
  void rowsKeepTheirOrder() {
    LlamaTransformer tiny = transformer(LlamaSettings.builder(TINY).maxTokens(5));
    String[] texts = IntStream.range(1000, 1100).mapToObj(String::valueOf).toArray(String[]::new);

    List<Row> rows = tiny.transform(texts(3, texts)).collectAsList();

    assertThat(rows).extracting(row -> row.getString(0)).containsExactly(texts);
    assertThat(rows).allMatch(row -> row.getString(1).length() == 5 && row.isNullAt(2));
    assertThat(tiny.usage().rows()).isEqualTo(100);
    assertThat(tiny.usage().errors()).isZero();
    assertThat(tiny.usage().generatedTokens()).isEqualTo(500);
    assertThat(tiny.usage().promptTokens()).isEqualTo(500);
    assertThat(tiny.usage().cachedPromptTokens()).isPositive().isLessThan(500);
    assertThat(tiny.usage().nanoseconds()).isPositive();
  }

  @Test
  void whatIsWrongWithARowIsInItsErrorColumn() {
    LlamaTransformer fruit =
        transformer(LlamaSettings.builder(FRUIT.path()).contextSize(256).slots(1));

    List<Row> rows = fruit.transform(texts(1, null, "a", "b".repeat(1000), "c")).collectAsList();

    assertThat(rows)
        .extracting(row -> row.getString(1))
        .containsExactly(null, FRUIT.text(), null, FRUIT.text());
    assertThat(rows)
        .extracting(row -> row.getString(2))
        .containsExactly(null, null, "prompt: 1001 tokens, but the context holds 256", null);
    assertThat(fruit.usage().errors()).isEqualTo(1);
    assertThat(fruit.usage().rows()).isEqualTo(3);
  }

  @Test
  void aTimeoutIsAnErrorOfItsRow() {
    LlamaTransformer slow =
        transformer(
            LlamaSettings.builder(TINY)
                .contextSize(1 << 16)
                .slots(1)
                .maxTokens(1 << 20)
                .timeout(Duration.ofSeconds(1)));

    List<Row> rows = slow.transform(texts(1, "a")).collectAsList();

    assertThat(rows.getFirst().isNullAt(1)).isTrue();
    assertThat(rows.getFirst().getString(2)).startsWith("timeout after ");
  }

  @Test
  void aModelWithoutATemplateIsAnErrorOfEachRow() {
    LlamaTransformer chat = transformer(LlamaSettings.builder(TINY).mode(Mode.CHAT));

    assertThat(chat.transform(texts(1, "a", "b")).collectAsList())
        .extracting(row -> row.getString(2))
        .allMatch(error -> error.contains("chat template"));
  }

  @Test
  void chats() {
    Path model = talking(FRUIT).writeShared("talking");
    LlamaTransformer chat =
        transformer(LlamaSettings.builder(model).mode(Mode.CHAT).systemMessage("Be brief."));

    List<Row> rows = chat.transform(texts(1, "What?")).collectAsList();

    assertThat(rows.getFirst().toSeq().mkString("|")).isEqualTo("What?|apples and pears|null");
    assertThat(chat.usage().promptTokens()).isGreaterThan("Be brief.What?".length());
  }

  @Test
  void jsonBecomesAStruct() {
    Path model =
        talking(ScriptedModel.ofBytes("{\"name\":\"Ann\",\"age\":7}")).writeShared("talking");
    LlamaSettings.Builder json =
        LlamaSettings.builder(model).mode(Mode.JSON).schema("name STRING, age INT");

    Dataset<Row> rows = transformer(json).transform(texts(1, "a"));
    Dataset<Row> cut = transformer(json.maxTokens(5)).transform(texts(1, "a"));

    assertThat(rows.schema().apply("answer").dataType())
        .isEqualTo(StructType.fromDDL("name STRING, age INT"));
    assertThat(rows.selectExpr("answer.name", "answer.age", "error").first().toSeq().mkString("|"))
        .isEqualTo("Ann|7|null");
    assertThat(cut.first().toSeq().mkString("|"))
        .isEqualTo("a|null|the answer is not complete after 5 tokens");
  }

  @Test
  void aSchemaThatIsRefusedIsAnErrorOfEachRow() {
    Path model = talking(FRUIT).writeShared("talking");
    String schema = "{\"type\": \"object\", \"properties\": {\"a\": {\"$ref\": \"#/no\"}}}";
    LlamaTransformer json =
        transformer(LlamaSettings.builder(model).mode(Mode.JSON).schema(schema));

    assertThat(json.transform(texts(1, "a")).first().getString(2)).contains("chema");
  }

  @Test
  void embeddingsAreVectors() {
    LlamaTransformer embed =
        transformer(
            LlamaSettings.builder(new TinyEncoder(64, 1).path()).contextSize(64).mode(Mode.EMBED));

    List<Row> rows = embed.transform(texts(2, "a", "b", "c".repeat(100))).collectAsList();

    assertThat(((Vector) rows.getFirst().get(1)).size()).isEqualTo(TinyEncoder.EMBEDDING);
    assertThat(rows.get(0).get(1)).isNotEqualTo(rows.get(1).get(1));
    assertThat(rows.get(2).isNullAt(1)).isTrue();
    assertThat(rows.get(2).getString(2)).contains("the context holds 64");
  }

  @Test
  void aPipelineCanBeWrittenAndRead(@TempDir Path folder) throws Exception {
    LlamaTransformer tiny =
        transformer(LlamaSettings.builder(TINY).maxTokens(5).slots(1))
            .setOutputCol("first")
            .setErrorCol("e1");
    LlamaTransformer next =
        transformer(LlamaSettings.builder(TINY).maxTokens(4).slots(1))
            .setInputCol("first")
            .setKeyCol("text")
            .setOutputCol("second")
            .setErrorCol("e2");
    String path = folder.resolve("pipeline").toString();
    new Pipeline().setStages(new PipelineStage[] {tiny, next}).write().save(path);

    Dataset<Row> texts = texts(1, "a", "b", "c");
    PipelineModel model = Pipeline.load(path).fit(texts);

    assertThat(model.stages()[1].uid()).isEqualTo(next.uid());
    assertThat(((LlamaTransformer) model.stages()[1]).getOrDefault(next.settings()))
        .isEqualTo(next.getOrDefault(next.settings()));
    List<Row> rows = model.transform(texts).collectAsList();
    assertThat(rows).isEqualTo(next.transform(tiny.transform(texts)).collectAsList());
    assertThat(rows).allMatch(row -> row.getString(3).length() == 4);
  }

  @Test
  void saysWhichColumnIsWrong() {
    LlamaTransformer tiny = transformer(LlamaSettings.builder(TINY));
    StructType schema = StructType.fromDDL("text STRING, n INT, b BINARY");

    assertThat(tiny.transformSchema(schema).fieldNames())
        .containsExactly("text", "n", "b", "answer", "error");
    assertWrong(tiny.copy(new org.apache.spark.ml.param.ParamMap()).setInputCol("x"), schema)
        .hasMessageStartingWith("inputCol: no column 'x' in struct<text:string,");
    assertWrong(transformer(LlamaSettings.builder(TINY)).setInputCol("n"), schema)
        .hasMessage("inputCol: the column 'n' has the type INT, must have strings");
    assertWrong(transformer(LlamaSettings.builder(TINY)).setKeyCol("b"), schema)
        .hasMessage(
            "keyCol: the column 'b' has the type BINARY, must have strings, numbers or booleans");
    assertWrong(transformer(LlamaSettings.builder(TINY)).setOutputCol("Text"), schema)
        .hasMessage("outputCol: there is a column 'Text' already");
    assertWrong(transformer(LlamaSettings.builder(TINY)).setErrorCol("answer"), schema)
        .hasMessage("errorCol: there is a column 'answer' already");
    assertWrong(new LlamaTransformer(), schema)
        .hasMessage("settings: missing, must be set with setSettings");
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertWrong(
      LlamaTransformer transformer, StructType schema) {
    return assertThatThrownBy(() -> transformer.transformSchema(schema))
        .isInstanceOf(InvalidValueException.class);
  }

  @Test
  void aMissingModelIsAnErrorOfTheJob() {
    LlamaTransformer missing = transformer(LlamaSettings.builder("/no/such.gguf"));

    assertThatThrownBy(() -> missing.transform(texts(1, "a")).collectAsList())
        .hasMessageContaining("there is no file /no/such.gguf");
  }

  @Test
  void aShippedModelIsFoundAndChecked(@TempDir Path folder) throws Exception {
    Path file = Files.copy(FRUIT.path(), folder.resolve("fruit.gguf"));
    spark.sql("ADD FILE '" + file + "'");
    LlamaSettings.Builder shipped =
        LlamaSettings.builder("sparkfiles:fruit.gguf").sha256(sha256(file));
    LlamaTransformer wrong = transformer(shipped.build().toBuilder().sha256("0".repeat(64)));

    assertThat(transformer(shipped).transform(texts(1, "a")).first().getString(1))
        .isEqualTo(FRUIT.text());
    assertThatThrownBy(() -> wrong.transform(texts(1, "a")).collectAsList())
        .hasMessageContaining("fruit.gguf")
        .hasMessageContaining("has the SHA-256 " + sha256(file));
  }

  private static String sha256(Path file) throws Exception {
    return java.util.HexFormat.of()
        .formatHex(
            java.security.MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }

  @Test
  void tasksAndTransformersShareOneEngineInEachExecutor() {
    Map<Long, String> before = opened();
    LlamaSettings.Builder settings = LlamaSettings.builder(TINY).slots(5).maxTokens(5);
    LlamaTransformer one = transformer(settings);
    LlamaTransformer two = transformer(settings.maxTokens(6)).setOutputCol("b").setErrorCol("e");
    String meeting = Executors.meeting();
    List<String> texts = new ArrayList<>();
    IntStream.range(0, 64).forEach(i -> texts.add("text " + i));

    // all tasks are there before one of them opens a model
    Dataset<Row> rows =
        spark
            .createDataset(texts, Encoders.STRING())
            .repartition(Executors.SLOTS)
            .mapPartitions(
                (org.apache.spark.api.java.function.MapPartitionsFunction<String, String>)
                    all -> {
                      Executors.meet(meeting, Executors.SLOTS);
                      return all;
                    },
                Encoders.STRING())
            .toDF("text");
    assertThat(two.transform(one.transform(rows)).collectAsList()).hasSize(64);

    Map<Long, String> after = opened();
    assertThat(after).hasSize(2);
    after.forEach(
        (pid, opened) ->
            assertThat(Integer.parseInt(opened)).isEqualTo(Integer.parseInt(before.get(pid)) + 1));
  }

  private Map<Long, String> opened() {
    return Executors.ask(spark, () -> String.valueOf(LocalModels.ofJvm().opened()));
  }
}
