package dev.llamastream.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.fixture.TinyModel;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LocalCluster.class)
class LlamaTransformerTest {

  private static final ScriptedModel FRUIT = ScriptedModel.ofBytes("apples and pears");

  private final SparkSession spark;

  LlamaTransformerTest(SparkSession spark) {
    this.spark = spark;
  }

  private Dataset<Row> texts(int partitions, String... texts) {
    return spark
        .createDataset(java.util.Arrays.asList(texts), Encoders.STRING())
        .toDF("text")
        .repartition(partitions)
        .sortWithinPartitions("text");
  }

  private static LlamaTransformer transformer(LlamaSettings settings) {
    return new LlamaTransformer().setSettings(settings);
  }

  private static List<String> column(Dataset<Row> rows, String name) {
    return rows.select(name).as(Encoders.STRING()).collectAsList();
  }

  @Test
  void rowsKeepTheirOrder() {
    LlamaTransformer tiny =
        transformer(
            LlamaSettings.builder(TinyModel.defaults().withText(TinyModel.Text.PRINTABLE).path())
                .maxTokens(5)
                .build());
    List<String> texts = IntStream.range(1000, 1100).mapToObj(String::valueOf).toList();

    Dataset<Row> answered = tiny.transform(texts(3, texts.toArray(String[]::new)));
    List<Row> rows = answered.orderBy("text").collectAsList();

    assertThat(rows).extracting(row -> row.getString(0)).isEqualTo(texts);
    assertThat(rows).allMatch(row -> row.getString(1).length() == 5 && row.isNullAt(2));
    assertThat(tiny.usage().rows()).isEqualTo(100);
    assertThat(tiny.usage().errors()).isZero();
    assertThat(tiny.usage().generatedTokens()).isEqualTo(500);
    assertThat(tiny.usage().promptTokens()).isGreaterThanOrEqualTo(400);
    assertThat(tiny.usage().nanoseconds()).isPositive();
  }

  @Test
  void whatIsWrongWithARowIsInItsErrorColumn() {
    LlamaTransformer fruit =
        transformer(LlamaSettings.builder(FRUIT.path()).contextSize(256).slots(1).build());

    Dataset<Row> rows = texts(1, "a", "b\0", "c".repeat(1000), "d").union(nulls(1));

    assertThat(fruit.transform(rows).collectAsList())
        .extracting(row -> row.getString(1), row -> row.getString(2))
        .usingRecursiveFieldByFieldElementComparator()
        .satisfiesExactly(
            row -> assertThat(row.toList()).containsExactly(FRUIT.text(), null),
            row -> assertThat(row.toList()).element(1).asString().contains("NUL"),
            row -> assertThat(row.toList()).element(1).asString().contains("1000 tokens"),
            row -> assertThat(row.toList()).containsExactly(FRUIT.text(), null),
            row -> assertThat(row.toList()).containsExactly(null, null));
  }

  private Dataset<Row> nulls(int count) {
    return spark.createDataset(Collections.nCopies(count, null), Encoders.STRING()).toDF("text");
  }
}
