package dev.llamastream.spark;

import org.apache.spark.sql.SparkSession;

/** What docs/frameworks.md shows. */
final class PageSnippet {

  private PageSnippet() {}

  static void people() {
    SparkSession spark = SparkSession.builder().getOrCreate();
    LlamaSettings settings =
        LlamaSettings.builder("/models/SmolLM2-135M-Instruct.Q4_1.gguf") // on each executor
            .mode(LlamaSettings.Mode.JSON)
            .systemMessage("Extract the person.")
            .schema("name STRING, age INT")
            .build();
    LlamaTransformer people =
        new LlamaTransformer()
            .setSettings(settings)
            .setInputCol("text")
            .setKeyCol("id") // the seed of a row
            .setOutputCol("person");
    people.transform(spark.table("letters")).write().saveAsTable("people");
    System.out.println(people.usage().generatedTokens() + " tokens");

    LlamaFunctions.register(spark, settings);
    spark
        .sql("SELECT id, llm_chat(text, map('maxTokens', '50')).text FROM letters LIMIT 10")
        .show();
  }
}
