package dev.llamastream.spark;

import dev.llamastream.InvalidValueException;
import dev.llamastream.spark.LlamaSettings.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.CreateNamedStruct;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GetStructField;
import org.apache.spark.sql.catalyst.expressions.If;
import org.apache.spark.sql.catalyst.expressions.IsNull;
import org.apache.spark.sql.catalyst.expressions.JsonToStructs;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.util.MapData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.immutable.Map$;
import scala.collection.immutable.Seq;

/**
 * Makes expressions of calls in SQL.
 *
 * @param mode what the function does
 * @param settings the options that a call has without naming them
 */
record CallBuilder(Mode mode, Supplier<Map<String, String>> settings) {

  String name() {
    return "llm_" + mode.name().toLowerCase(Locale.ROOT);
  }

  Expression build(Seq<Expression> arguments) {
    List<Expression> all = Scala.list(arguments);
    int fixed = mode == Mode.JSON ? 2 : 1;
    if (all.size() < fixed || all.size() > fixed + 1) {
      throw new InvalidValueException(
          name(),
          all.size()
              + " arguments, must be "
              + (mode == Mode.JSON ? "(text, schema[, options])" : "(text[, options])"));
    }
    Map<String, String> options = new TreeMap<>(settings.get());
    if (all.size() > fixed) {
      options.putAll(options(all.get(fixed)));
    }
    options.put(Options.MODE, mode.name());
    if (mode == Mode.JSON) {
      options.put(Options.SCHEMA, literal("schema", all.get(1), StringType.class).toString());
    }
    LlamaCall call = new LlamaCall(LlamaSettings.of(options), text(all.getFirst()));
    return mode == Mode.JSON ? parsed(call) : call;
  }

  private Expression text(Expression text) {
    DataType type = text.dataType();
    if (type instanceof NullType) {
      return Literal.create(null, DataTypes.StringType);
    }
    if (!(type instanceof StringType)) {
      throw new InvalidValueException("text", "is of the type " + type.sql() + ", must be STRING");
    }
    return text;
  }

  private Map<String, String> options(Expression options) {
    MapData map = (MapData) literal("options", options, MapType.class);
    MapType type = (MapType) options.dataType();
    if (!(type.keyType() instanceof StringType) || !(type.valueType() instanceof StringType)) {
      throw new InvalidValueException("options", "must be MAP<STRING, STRING>, is " + type.sql());
    }
    Map<String, String> result = new TreeMap<>();
    for (int i = 0; i < map.numElements(); i++) {
      result.put(
          map.keyArray().getUTF8String(i).toString(), map.valueArray().getUTF8String(i).toString());
    }
    return result;
  }

  private static Object literal(
      String name, Expression argument, Class<? extends DataType> wanted) {
    Object value =
        argument.foldable() && wanted.isInstance(argument.dataType())
            ? argument.eval(InternalRow.empty())
            : null;
    if (value == null) {
      throw new InvalidValueException(
          name, "must be a literal, is " + argument.sql() + " of " + argument.dataType().sql());
    }
    return value;
  }

  /** The same struct, but with a value in place of its JSON. */
  private static Expression parsed(LlamaCall call) {
    StructType raw = (StructType) call.dataType();
    StructType value = call.settings().answerType();
    List<Expression> fields = new ArrayList<>();
    for (int i = 0; i < raw.length(); i++) {
      Expression field = new GetStructField(call, i, Option.empty());
      String name = i == 0 ? "value" : raw.fields()[i].name();
      fields.add(Literal.create(name, DataTypes.StringType));
      fields.add(
          i == 0
              ? new JsonToStructs(value, Map$.MODULE$.empty(), field, Option.empty(), false)
              : field);
    }
    CreateNamedStruct struct = new CreateNamedStruct(Scala.seq(fields));
    return new If(new IsNull(call), Literal.create(null, struct.dataType()), struct);
  }
}
