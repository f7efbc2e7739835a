package dev.llamastream.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.GlobalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LocalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.Sort;
import org.apache.spark.sql.catalyst.rules.Rule;
import org.apache.spark.sql.types.Metadata;
import scala.Option;

/**
 * Takes calls out of SELECT and WHERE: a plan below computes each of them once, as one more column.
 * The innermost calls come first. A LIMIT goes below, so that no answers are thrown away.
 */
final class ExtractCalls extends Rule<LogicalPlan> {

  private static final String TEXT = "llama_text";
  private static final String ANSWER = "llama_answer";

  @Override
  public LogicalPlan apply(LogicalPlan plan) {
    return extracted(limited(plan));
  }

  private static LogicalPlan limited(LogicalPlan plan) {
    LogicalPlan swapped = plan;
    if (plan instanceof GlobalLimit outer && outer.child() instanceof LocalLimit inner) {
      swapped = below(inner.child(), rows -> limit(outer, inner, rows)).orElse(plan);
    }
    return swapped.mapChildren(ExtractCalls::limited);
  }

  private static LogicalPlan limit(GlobalLimit outer, LocalLimit inner, LogicalPlan rows) {
    return new GlobalLimit(outer.limitExpr(), new LocalLimit(inner.limitExpr(), rows));
  }

  /** Puts a limit below the answers; empty if there are none, or if they decide about the rows. */
  private static Optional<LogicalPlan> below(LogicalPlan plan, UnaryOperator<LogicalPlan> limit) {
    return switch (plan) {
      case Project project when asks(project) ->
          Optional.of(new Project(project.projectList(), limit.apply(project.child())));
      case Sort sort
          when sort.child() instanceof Project project
              && sort.references().subsetOf(project.child().outputSet()) ->
          below(
              project,
              rows -> limit.apply(sort.withNewChildren(Scala.seq(List.<LogicalPlan>of(rows)))));
      default -> Optional.empty();
    };
  }

  private static boolean asks(LogicalPlan plan) {
    return Scala.<Expression>list(plan.expressions()).stream()
        .anyMatch(expression -> innermost(expression).isPresent());
  }

  private static LogicalPlan extracted(LogicalPlan plan) {
    return switch (plan.mapChildren(ExtractCalls::extracted)) {
      case Project project when asks(project) -> {
        Extraction below = new Extraction(project.child());
        List<NamedExpression> columns =
            Scala.<NamedExpression>list(project.projectList()).stream()
                .map(column -> (NamedExpression) below.without((Expression) column))
                .toList();
        yield new Project(Scala.seq(columns), below.plan);
      }
      case Filter filter when asks(filter) -> {
        Extraction below = new Extraction(filter.child());
        Expression condition = below.without(filter.condition());
        yield new Project(
            Scala.seq(Scala.<NamedExpression>list(filter.child().output())),
            new Filter(condition, below.plan));
      }
      case LogicalPlan other -> other;
    };
  }

  private static Optional<LlamaCall> innermost(Expression expression) {
    for (Expression child : Scala.<Expression>list(expression.children())) {
      Optional<LlamaCall> inner = innermost(child);
      if (inner.isPresent()) {
        return inner;
      }
    }
    return expression instanceof LlamaCall call ? Optional.of(call) : Optional.empty();
  }

  /** A plan that grows with the calls that are taken out of the expressions above it. */
  private static final class Extraction {

    private final List<Answered> calls = new ArrayList<>();
    private LogicalPlan plan;

    private record Answered(LlamaCall call, Attribute answer) {}

    Extraction(LogicalPlan plan) {
      this.plan = plan;
    }

    Expression without(Expression expression) {
      Expression left = expression;
      Optional<LlamaCall> call = innermost(left);
      while (call.isPresent()) {
        left = replaced(left, call.get(), answer(call.get()));
        call = innermost(left);
      }
      return left;
    }

    private static Expression replaced(Expression expression, LlamaCall call, Attribute answer) {
      return expression instanceof LlamaCall other && other.asksAs(call)
          ? (Expression) answer
          : expression.mapChildren(child -> replaced(child, call, answer));
    }

    private Attribute answer(LlamaCall call) {
      return calls.stream()
          .filter(answered -> answered.call().asksAs(call))
          .findFirst()
          .orElseGet(() -> take(call))
          .answer();
    }

    private Answered take(LlamaCall call) {
      Alias text =
          new Alias(
              call.text(),
              TEXT,
              NamedExpression.newExprId(),
              Scala.seq(List.of()),
              Option.empty(),
              Scala.seq(List.of()));
      Attribute answer =
          new AttributeReference(
              ANSWER,
              call.dataType(),
              true,
              Metadata.empty(),
              NamedExpression.newExprId(),
              Scala.seq(List.of()));
      LogicalPlan texts = new Project(Scala.append(plan.output(), text), plan);
      plan = new AnsweredPlan(call.settings(), text.toAttribute(), answer, texts);
      Answered answered = new Answered(call, answer);
      calls.add(answered);
      return answered;
    }
  }
}
