package dev.llamastream.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.fixture.TinyEncoder;
import dev.llamastream.fixture.TinyModel;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LocalCluster.class)
class LlamaFunctionsTest {

  private static final Path TINY = TinyModel.defaults().withText(TinyModel.Text.PRINTABLE).path();
  private static final Path ANN =
      ScriptedModel.ofBytes("{\"name\":\"Ann\",\"age\":7}")
          .gguf()
          .put(ChatTemplate.KEY, ChatTemplate.CHATML)
          .writeShared("talking");

  private final SparkSession spark;

  LlamaFunctionsTest(SparkSession spark) {
    this.spark = spark.newSession();
  }

  @BeforeEach
  void register() {
    LlamaFunctions.register(spark, LlamaSettings.builder(TINY).maxTokens(4).build());
    spark.range(0, 40, 1, 2).selectExpr("id", "'text ' || id AS t").createOrReplaceTempView("x");
  }

  private List<String> lines(String sql) {
    return spark.sql(sql).collectAsList().stream().map(row -> row.toSeq().mkString("|")).toList();
  }

  @Test
  void answersAreStructs() {
    Row row = spark.sql("SELECT a.* FROM (SELECT llm_generate('abc') a)").first();

    assertThat(row.schema().fieldNames())
        .containsExactly(
            "text", "error", "finish_reason", "prompt_tokens", "cached_tokens", "generated_tokens");
    assertThat(row.getString(0)).hasSize(4);
    assertThat(row.toSeq().mkString("|")).matches("....\\|null\\|max_tokens\\|4\\|[0-3]\\|4");
  }

  @Test
  void rowsAreComputedTogether() {
    List<String> answers = lines("SELECT id, llm_generate(t).text, id + 1 FROM x");

    assertThat(answers).hasSize(40).doesNotHaveDuplicates();
    assertThat(answers.get(7)).startsWith("7|").endsWith("|8");
    Dataset<Row> twice =
        spark.sql("SELECT llm_generate(t).text, llm_generate(t).error, llm_generate('z') FROM x");
    String plan = twice.queryExecution().executedPlan().toString();
    assertThat(plan.split("Answer ", -1)).hasSize(3);
    assertThat(twice.collectAsList()).hasSize(40);
  }

  @Test
  void constantsInRowsAreNotComputedByTheDriver() {
    assertThat(lines("SELECT llm_generate(v).error FROM VALUES ('a'), ('b') AS w(v)"))
        .containsExactly("null", "null");
  }

  @Test
  void callsInCalls() {
    assertThat(lines("SELECT llm_generate(llm_generate(t).text).text FROM x LIMIT 3"))
        .hasSize(3)
        .allMatch(text -> text.length() == 4);
  }

  @Test
  void nullGivesNull() {
    assertThat(lines("SELECT llm_generate(null), llm_json(null, 'a INT')"))
        .containsExactly("null|null");
  }

  @Test
  void filtersGroupsAndSorts() {
    assertThat(lines("SELECT id FROM x WHERE llm_generate(t).generated_tokens = 4")).hasSize(40);
    assertThat(lines("SELECT * FROM (SELECT llm_generate(t) a FROM x) WHERE a.error IS NOT NULL"))
        .isEmpty();
    assertThat(lines("SELECT llm_generate(t).finish_reason r, count(*) FROM x GROUP BY r"))
        .containsExactly("max_tokens|40");
    assertThat(lines("SELECT id FROM x ORDER BY llm_generate(t).text LIMIT 5")).hasSize(5);
  }

  @Test
  void aLimitIsAppliedFirst() {
    Dataset<Row> rows =
        spark.sql("SELECT id, llm_generate(t).text FROM x ORDER BY id DESC LIMIT 3");

    assertThat(rows.queryExecution().executedPlan().toString())
        .containsSubsequence("Answer ", "TakeOrdered");
    assertThat(rows.collectAsList())
        .extracting(row -> row.getLong(0))
        .containsExactly(39L, 38L, 37L);
  }

  @Test
  void errorsAreAField() {
    String options = "map('contextSize', '256', 'slots', '1')";

    assertThat(lines("SELECT a.* FROM (SELECT llm_generate(repeat('a', 300), " + options + ") a)"))
        .containsExactly("null|prompt: 301 tokens, but the context holds 256|null|0|0|0");
    assertThat(lines("SELECT llm_chat(t).error FROM x LIMIT 1").getFirst()).contains("template");
  }

  @Test
  void jsonIsAStruct() {
    String model = "map('model', '" + ANN + "', 'maxTokens', '100')";

    Dataset<Row> rows =
        spark.sql(
            "SELECT j.value.name, j.value.age, j.error FROM (SELECT llm_json(t, 'name STRING, age INT', "
                + model
                + ") j FROM x LIMIT 2)");

    assertThat(rows.schema().simpleString()).isEqualTo("struct<name:string,age:int,error:string>");
    assertThat(rows.collectAsList())
        .extracting(row -> row.toSeq().mkString("|"))
        .containsExactly("Ann|7|null", "Ann|7|null");
    assertThat(lines("SELECT llm_chat('a', " + model + ").text"))
        .containsExactly("{\"name\":\"Ann\",\"age\":7}");
  }

  @Test
  void embeddingsAreFloats() {
    String model = "map('contextSize', '64', 'model', '" + new TinyEncoder(64, 1).path() + "')";

    assertThat(
            lines(
                "SELECT size(e.embedding), e.error, e.prompt_tokens FROM (SELECT llm_embed('abc', "
                    + model
                    + ") e)"))
        .containsExactly("64|null|4");
    assertThat(lines("SELECT llm_embed(repeat('a', 100), " + model + ").error").getFirst())
        .contains("the context holds 64");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "llm_generate(); 0 arguments, must be (text[, options])",
        "llm_json('a'); 1 arguments, must be (text, schema[, options])",
        "llm_generate(1); text: is of the type INT, must be STRING",
        "llm_generate('a', 'b'); options: must be a literal",
        "llm_generate('a', map('slots', '0')); slots: 0, must be in",
        "llm_generate('a', map('size', '0')); size: no such option",
        "llm_json('a', string(id)); schema: must be a literal",
        "llm_json('a', 'b'); schema: ",
      })
  void saysWhatIsWrong(String call, String message) {
    assertThatThrownBy(() -> spark.sql("SELECT " + call + " FROM x").collectAsList())
        .hasStackTraceContaining(message);
  }

  @Test
  void saysWhereACallCanBe() {
    assertThatThrownBy(() -> lines("SELECT a.id FROM x a JOIN x b ON llm_generate(a.t).text = b.t"))
        .isInstanceOf(Exception.class);
    assertThatThrownBy(() -> lines("SELECT max(llm_generate(t).text) FROM x"))
        .isInstanceOf(Exception.class);
  }
}
