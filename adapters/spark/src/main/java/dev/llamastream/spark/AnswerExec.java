package dev.llamastream.spark;

import java.util.List;
import java.util.Objects;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.SortOrder;
import org.apache.spark.sql.catalyst.plans.physical.Partitioning;
import org.apache.spark.sql.catalyst.types.DataTypeUtils;
import org.apache.spark.sql.execution.SparkPlan;
import org.jspecify.annotations.Nullable;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/** Runs a plan with one more column: the answers to the texts in one of its columns. */
@SuppressWarnings("serial") // plans stay on the driver
final class AnswerExec extends SparkPlan {

  private final LlamaSettings settings;
  private final Attribute text;
  private final Attribute answer;
  private final SparkPlan child;

  AnswerExec(LlamaSettings settings, Attribute text, Attribute answer, SparkPlan child) {
    this.settings = settings;
    this.text = text;
    this.answer = answer;
    this.child = child;
  }

  @Override
  public Seq<Attribute> output() {
    return Scala.append(child.output(), answer);
  }

  @Override
  public AttributeSet producedAttributes() {
    return AttributeSet.apply(answer);
  }

  @Override
  public Partitioning outputPartitioning() {
    return child.outputPartitioning();
  }

  @Override
  public Seq<SortOrder> outputOrdering() {
    return child.outputOrdering();
  }

  @Override
  public RDD<InternalRow> doExecute() {
    Seq<Attribute> columns = child.output();
    int index = Scala.list(columns).indexOf(text);
    AnswerColumn answers =
        new AnswerColumn(
            settings,
            new LlamaUsage(child.session().sparkContext()),
            index,
            DataTypeUtils.fromAttributes(output()));
    return child.execute().toJavaRDD().mapPartitions(answers, true).rdd();
  }

  @Override
  public Seq<SparkPlan> children() {
    return Scala.seq(List.of(child));
  }

  @Override
  public SparkPlan withNewChildrenInternal(IndexedSeq<SparkPlan> children) {
    return new AnswerExec(settings, text, answer, children.head());
  }

  @Override
  public SparkPlan makeCopy(Object[] values) {
    return new AnswerExec(
        (LlamaSettings) values[0],
        (Attribute) values[1],
        (Attribute) values[2],
        (SparkPlan) values[3]);
  }

  @Override
  public SparkPlan clone() {
    AnswerExec copy = new AnswerExec(settings, text, answer, child.clone());
    copy.copyTagsFrom(this);
    return copy;
  }

  @Override
  public int productArity() {
    return 4;
  }

  @Override
  public Object productElement(int index) {
    return List.of(settings, text, answer, child).get(index);
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof AnswerExec;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AnswerExec that
        && settings.equals(that.settings)
        && text.equals(that.text)
        && answer.equals(that.answer)
        && child.equals(that.child);
  }

  @Override
  public int hashCode() {
    return Objects.hash(settings, text, answer, child);
  }
}
