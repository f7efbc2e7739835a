package dev.llamastream.spark;

import java.util.List;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.SparkStrategy;
import scala.collection.immutable.Seq;

/** Says how {@link AnsweredPlan} is run. */
final class AnswerStrategy extends SparkStrategy {

  @Override
  public Seq<SparkPlan> apply(LogicalPlan plan) {
    if (plan instanceof AnsweredPlan answered) {
      SparkPlan child = planLater(answered.child());
      return Scala.seq(
          List.of(new AnswerExec(answered.settings(), answered.text(), answered.answer(), child)));
    }
    return Scala.seq(List.of());
  }
}
