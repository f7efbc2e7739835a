package dev.llamastream.spark;

import java.io.Serial;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Unevaluable;
import org.apache.spark.sql.catalyst.expressions.UserDefinedExpression;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.types.DataType;
import org.jspecify.annotations.Nullable;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/**
 * A call of a function of ours, until {@link ExtractCalls} takes it out of its expression: many
 * rows are computed together, which an expression cannot do.
 */
final class LlamaCall extends Expression implements Unevaluable, UserDefinedExpression {

  @Serial private static final long serialVersionUID = 1L;

  private final LlamaSettings settings;
  private final Expression text;

  LlamaCall(LlamaSettings settings, Expression text) {
    this.settings = settings;
    this.text = text;
  }

  LlamaSettings settings() {
    return settings;
  }

  Expression text() {
    return text;
  }

  /** Whether one answer serves both. */
  boolean asksAs(LlamaCall other) {
    return settings.equals(other.settings)
        && text.canonicalized().equals(other.text.canonicalized());
  }

  /** Keeps Spark from computing it twice, or in a place where nothing can take it out. */
  @Override
  public boolean deterministic() {
    return false;
  }

  @Override
  public boolean foldable() {
    return false;
  }

  @Override
  public boolean nullable() {
    return true;
  }

  @Override
  public DataType dataType() {
    return AnswerStruct.type(settings.mode());
  }

  /** Spark takes a call out of GROUP BY and ORDER BY because it has a name. */
  @Override
  public String name() {
    return "llm_" + settings.mode().name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String prettyName() {
    return name();
  }

  @Override
  public Object eval(InternalRow row) {
    throw misplaced();
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode code) {
    throw misplaced();
  }

  private UnsupportedOperationException misplaced() {
    return new UnsupportedOperationException(
        prettyName() + " can only be used in SELECT and WHERE");
  }

  @Override
  public Seq<Expression> children() {
    return Scala.seq(List.of(text));
  }

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> children) {
    return new LlamaCall(settings, children.head());
  }

  @Override
  public Expression makeCopy(Object[] values) {
    return new LlamaCall((LlamaSettings) values[0], (Expression) values[1]);
  }

  @Override
  public Expression clone() {
    LlamaCall copy = new LlamaCall(settings, text.clone());
    copy.copyTagsFrom(this);
    return copy;
  }

  @Override
  public int productArity() {
    return 2;
  }

  @Override
  public Object productElement(int index) {
    return index == 0 ? settings : text;
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof LlamaCall;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LlamaCall that
        && settings.equals(that.settings)
        && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return Objects.hash(settings, text);
  }
}
