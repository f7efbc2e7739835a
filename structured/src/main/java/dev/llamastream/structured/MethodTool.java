package dev.llamastream.structured;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.InvalidValueException;
import dev.llamastream.chat.ToolFunction;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a tool does that is a method of an object. */
final class MethodTool implements ToolFunction {

  private static final String DONE = "done";

  private final Object object;
  private final Method method;
  private final List<TypeSchemas.Property> parameters;
  private final ObjectMapper mapper;

  MethodTool(
      Object object, Method method, List<TypeSchemas.Property> parameters, ObjectMapper mapper) {
    this.object = object;
    this.method = method;
    this.parameters = parameters;
    this.mapper = mapper;
  }

  /** The result: a String as it is, {@code done} for void, otherwise JSON. */
  @Override
  public String call(String argumentsJson) throws Exception {
    Object result = invoke(read(argumentsJson));
    return result instanceof String text ? text : json(result);
  }

  private String json(@Nullable Object result) {
    try {
      return mapper.writeValueAsString(result);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(method.getName() + " returned what is no JSON", e);
    }
  }

  private @Nullable Object invoke(ObjectNode arguments) throws Exception {
    @Nullable Object[] values = new @Nullable Object[parameters.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(parameters.get(i), arguments);
    }
    try {
      Object result = method.invoke(object, values);
      return method.getReturnType() == void.class ? DONE : result;
    } catch (InvocationTargetException e) {
      switch (e.getCause()) {
        case Exception cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw e;
      }
    }
  }

  private ObjectNode read(String argumentsJson) {
    JsonNode json;
    try {
      json =
          mapper
              .reader()
              .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
              .readTree(argumentsJson);
    } catch (JsonProcessingException e) {
      throw new InvalidValueException("arguments", e);
    }
    if (json instanceof ObjectNode arguments) {
      return arguments;
    }
    throw new InvalidValueException("arguments", "must be a JSON object");
  }

  private @Nullable Object value(TypeSchemas.Property parameter, ObjectNode arguments) {
    JsonNode json = arguments.path(parameter.name());
    boolean missing = json.isMissingNode() || json.isNull();
    if (missing && parameter.required()) {
      throw new InvalidValueException(
          "arguments", "\"" + parameter.name() + "\" is missing, must be there");
    }
    JavaType type = mapper.constructType(parameter.type());
    try {
      return mapper.readerFor(type).readValue(missing ? mapper.nullNode() : json);
    } catch (java.io.IOException e) {
      throw new InvalidValueException("arguments", e);
    }
  }
}
