package dev.llamastream.structured;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.InvalidValueException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A method of an object, called with arguments from JSON. */
final class ToolCallTarget {

  private static final String DONE = "done";

  private final Object object;
  private final Method method;
  private final List<TypeSchemas.Property> parameters;
  private final ObjectMapper mapper;

  ToolCallTarget(
      Object object, Method method, List<TypeSchemas.Property> parameters, ObjectMapper mapper) {
    this.object = object;
    this.method = method;
    this.parameters = parameters;
    this.mapper = mapper;
  }

  /** The result; never null for void. */
  @Nullable Object call(String argumentsJson) throws Exception {
    ObjectNode arguments = read(argumentsJson);
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
              .readTree(argumentsJson.isBlank() ? "{}" : argumentsJson);
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
