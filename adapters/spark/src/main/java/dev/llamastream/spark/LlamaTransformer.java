package dev.llamastream.spark;

import static java.util.Objects.requireNonNull;

import dev.llamastream.InvalidValueException;
import dev.llamastream.spark.LlamaSettings.Mode;
import java.io.Serial;
import java.util.UUID;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Asks a model about each row. Every executor opens the model once, for all its tasks, and computes
 * many rows together. Rows keep their order.
 *
 * <p>The output is a string; in the mode {@link Mode#JSON} the struct of the schema, in the mode
 * {@link Mode#EMBED} a vector. What is wrong with a row is in the error column, and its output is
 * null: a prompt that is too long, a timeout, JSON that is cut off. A row without a text has
 * neither output nor error. A task fails if its executor cannot open the model.
 *
 * <p>Spark computes a dataset again for each action, and its rows once more to sort or partition
 * them by range. So write or cache the result first, and sort before. Nothing is lost when an
 * executor dies: Spark computes its rows again, with the same seeds. With {@link
 * LlamaSettings.Builder#reproducible} they are also the same bits.
 *
 * <p>Not thread-safe, as other transformers.
 *
 * @since 0.1.0
 */
public final class LlamaTransformer extends Transformer implements DefaultParamsWritable {

  @Serial private static final long serialVersionUID = 1L;

  private final String uid;
  private final Param<String> inputCol;
  private final Param<String> outputCol;
  private final Param<String> errorCol;
  private final Param<String> keyCol;
  private final Param<LlamaSettings> settings;
  private transient @Nullable LlamaUsage usage;

  /** Creates a transformer with a new name. */
  public LlamaTransformer() {
    this("llama_" + UUID.randomUUID().toString().substring(0, 12));
  }

  /** Creates a transformer with a name. */
  public LlamaTransformer(String uid) {
    this.uid = requireNonNull(uid, "uid");
    inputCol = new Param<>(uid, "inputCol", "the column with the texts");
    outputCol = new Param<>(uid, "outputCol", "the new column with the results");
    errorCol = new Param<>(uid, "errorCol", "the new column with the errors");
    keyCol = new Param<>(uid, "keyCol", "the column of which the rows' seeds are made");
    settings = new SettingsParam(uid);
    setDefault(inputCol, "text");
    setDefault(outputCol, "answer");
    setDefault(errorCol, "error");
  }

  /** Reads a transformer that was written. */
  public static MLReader<LlamaTransformer> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads a transformer that was written to this path. */
  public static LlamaTransformer load(String path) {
    return read().load(path);
  }

  @Override
  public String uid() {
    return uid;
  }

  /** The column with the texts. Default {@code text}. */
  public Param<String> inputCol() {
    return inputCol;
  }

  /** The new column with the results. Default {@code answer}. */
  public Param<String> outputCol() {
    return outputCol;
  }

  /**
   * The new column with the errors, strings that are null if all is well. Default {@code error}.
   */
  public Param<String> errorCol() {
    return errorCol;
  }

  /**
   * The column of which the rows' seeds are made: numbers, strings or booleans. Default none: then
   * rows with the same text have the same seed.
   */
  public Param<String> keyCol() {
    return keyCol;
  }

  /** The model, and what it does with a row. Has no default. */
  public Param<LlamaSettings> settings() {
    return settings;
  }

  /** Sets {@link #inputCol()}. */
  public LlamaTransformer setInputCol(String value) {
    return with(inputCol, value);
  }

  /** Sets {@link #outputCol()}. */
  public LlamaTransformer setOutputCol(String value) {
    return with(outputCol, value);
  }

  /** Sets {@link #errorCol()}. */
  public LlamaTransformer setErrorCol(String value) {
    return with(errorCol, value);
  }

  /** Sets {@link #keyCol()}. */
  public LlamaTransformer setKeyCol(String value) {
    return with(keyCol, value);
  }

  /** Sets {@link #settings()}. */
  public LlamaTransformer setSettings(LlamaSettings value) {
    return with(settings, value);
  }

  private <T> LlamaTransformer with(Param<T> param, T value) {
    var _ = set(param, requireNonNull(value, param.name()));
    return this;
  }

  /** What the datasets that this object transformed have cost so far. */
  public LlamaUsage usage() {
    return usage(SparkSession.active());
  }

  private synchronized LlamaUsage usage(SparkSession spark) {
    if (usage == null || !usage.belongsTo(spark.sparkContext())) {
      usage = new LlamaUsage(spark.sparkContext());
    }
    return usage;
  }

  @Override
  public LlamaTransformer copy(ParamMap extra) {
    return copyValues(new LlamaTransformer(uid), extra);
  }

  /**
   * The columns afterwards.
   *
   * @throws IllegalArgumentException if a column is missing, has the wrong type or exists already,
   *     or there are no settings
   */
  @Override
  public StructType transformSchema(StructType schema) {
    Columns.require(schema, inputCol.name(), $(inputCol), Columns.TEXT);
    if (isDefined(keyCol)) {
      Columns.require(schema, keyCol.name(), $(keyCol), Columns.KEY);
    }
    StructType with = Columns.add(schema, outputCol.name(), $(outputCol), outputType());
    return Columns.add(with, errorCol.name(), $(errorCol), DataTypes.StringType);
  }

  private LlamaSettings requireSettings() {
    if (!isDefined(settings)) {
      throw new InvalidValueException("settings", "missing, must be set with setSettings");
    }
    return $(settings);
  }

  private DataType outputType() {
    return switch (requireSettings().mode()) {
      case GENERATE, CHAT -> DataTypes.StringType;
      case JSON -> requireSettings().answerType();
      case EMBED -> SQLDataTypes.VectorType();
    };
  }

  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    StructType before = dataset.schema();
    StructType after = transformSchema(before, true);
    LlamaSettings asked = requireSettings();
    boolean json = asked.mode() == Mode.JSON;
    RowAnswers answers =
        new RowAnswers(
            asked,
            usage(dataset.sparkSession()),
            before.fieldIndex($(inputCol)),
            isDefined(keyCol) ? before.fieldIndex($(keyCol)) : RowAnswers.NO_KEY);
    StructType raw = json ? Columns.retyped(after, $(outputCol), DataTypes.StringType) : after;
    Dataset<Row> rows = dataset.toDF().mapPartitions(answers, Encoders.row(raw));
    Column output = rows.col(Columns.quoted($(outputCol)));
    return json
        ? rows.withColumn($(outputCol), functions.from_json(output, asked.answerType()))
        : rows;
  }
}
