package dev.llamastream.spark;

import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.jspecify.annotations.Nullable;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/** A plan with one more column: the answers to the texts in one of its columns. */
final class AnsweredPlan extends LogicalPlan {

  private final LlamaSettings settings;
  private final Attribute text;
  private final Attribute answer;
  private final LogicalPlan child;

  AnsweredPlan(LlamaSettings settings, Attribute text, Attribute answer, LogicalPlan child) {
    this.settings = settings;
    this.text = text;
    this.answer = answer;
    this.child = child;
  }

  LlamaSettings settings() {
    return settings;
  }

  Attribute text() {
    return text;
  }

  Attribute answer() {
    return answer;
  }

  LogicalPlan child() {
    return child;
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
  public Seq<LogicalPlan> children() {
    return Scala.seq(List.of(child));
  }

  @Override
  public LogicalPlan withNewChildrenInternal(IndexedSeq<LogicalPlan> children) {
    return new AnsweredPlan(settings, text, answer, children.head());
  }

  @Override
  public LogicalPlan makeCopy(Object[] values) {
    return new AnsweredPlan(
        (LlamaSettings) values[0],
        (Attribute) values[1],
        (Attribute) values[2],
        (LogicalPlan) values[3]);
  }

  @Override
  public LogicalPlan clone() {
    AnsweredPlan copy = new AnsweredPlan(settings, text, answer, child.clone());
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
    return other instanceof AnsweredPlan;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AnsweredPlan that
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
