package dev.llamastream.structured;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.llamastream.InvalidValueException;
import dev.llamastream.chat.Tool;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes tools of annotated methods.
 *
 * @since 0.1.0
 */
public final class Tools {

  private Tools() {}

  /** The tools of an object, read and written by a mapper as in {@link Structured}. */
  public static List<AnnotatedTool> of(Object object) {
    return of(object, Structured.defaultMapper());
  }

  /**
   * The tools of an object: its methods with {@link ToolMethod}, also inherited ones and those that
   * are not public, in the order of their names. A parameter is required unless it is an {@code
   * Optional} or annotated with {@code Nullable}.
   *
   * @param mapper reads arguments and writes results
   * @throws InvalidValueException if there are none, two have one name, a parameter's name is not
   *     known, or a method is not open to this module
   */
  public static List<AnnotatedTool> of(Object object, ObjectMapper mapper) {
    Map<String, AnnotatedTool> tools = new TreeMap<>();
    TypeSchemas schemas = new TypeSchemas(requireNonNull(mapper, "mapper"));
    for (Method method : methods(object.getClass())) {
      AnnotatedTool tool = tool(object, method, schemas, mapper);
      if (tools.put(tool.tool().name(), tool) != null) {
        throw new InvalidValueException(
            "object", "two tools are named \"" + tool.tool().name() + "\"");
      }
    }
    if (tools.isEmpty()) {
      throw new InvalidValueException(
          "object", object.getClass().getName() + " has no method with @ToolMethod");
    }
    return List.copyOf(tools.values());
  }

  /** Those that are annotated, without the ones that a subclass overrides. */
  private static List<Method> methods(Class<?> type) {
    List<Method> methods = new ArrayList<>();
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      Arrays.stream(c.getDeclaredMethods())
          .filter(method -> method.isAnnotationPresent(ToolMethod.class) && !method.isBridge())
          .filter(method -> methods.stream().noneMatch(other -> overrides(other, method)))
          .sorted(Comparator.comparing(Method::getName))
          .forEach(methods::add);
    }
    return methods;
  }

  private static boolean overrides(Method method, Method inherited) {
    return method.getName().equals(inherited.getName())
        && Arrays.equals(method.getParameterTypes(), inherited.getParameterTypes());
  }

  private static AnnotatedTool tool(
      Object object, Method method, TypeSchemas schemas, ObjectMapper mapper) {
    try {
      method.setAccessible(true);
    } catch (InaccessibleObjectException e) {
      throw new InvalidValueException("object", e);
    }
    ToolMethod annotation = requireNonNull(method.getAnnotation(ToolMethod.class));
    String name = annotation.name().isEmpty() ? method.getName() : annotation.name();
    List<TypeSchemas.Property> parameters =
        Arrays.stream(method.getParameters()).map(Tools::property).toList();
    Tool tool = Tool.of(name, annotation.description(), schemas.ofObject(parameters));
    return new AnnotatedTool(tool, new ToolCallTarget(object, method, parameters, mapper), mapper);
  }

  private static TypeSchemas.Property property(Parameter parameter) {
    ToolParam annotation = parameter.getAnnotation(ToolParam.class);
    String name = annotation == null ? "" : annotation.name();
    if (name.isEmpty() && !parameter.isNamePresent()) {
      throw new InvalidValueException(
          "object",
          "the name of "
              + parameter
              + " of "
              + parameter.getDeclaringExecutable()
              + " is not known, must be in @ToolParam(name) or compiled with -parameters");
    }
    boolean required =
        !TypeSchemas.optional(parameter.getType())
            && !TypeSchemas.nullable(parameter)
            && !TypeSchemas.nullable(parameter.getAnnotatedType());
    return new TypeSchemas.Property(
        name.isEmpty() ? parameter.getName() : name,
        parameter.getParameterizedType(),
        annotation == null ? "" : annotation.description(),
        required);
  }
}
