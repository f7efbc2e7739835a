package dev.llamastream.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

class LocalClusterTest {

  @Test
  void executorsAreJvmsOfTheirOwn() {
    SparkSession spark = LocalCluster.session();

    List<Long> processes =
        spark
            .range(0, 8, 1, 8)
            .mapPartitions(
                (MapPartitionsFunction<Long, Long>)
                    rows -> List.of(ProcessHandle.current().pid()).iterator(),
                Encoders.LONG())
            .distinct()
            .collectAsList();

    assertThat(processes).hasSizeBetween(1, 2).doesNotContain(ProcessHandle.current().pid());
  }
}
