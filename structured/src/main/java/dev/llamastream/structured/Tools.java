package dev.llamastream.structured;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.llamastream.InvalidValueException;
import dev.llamastream.chat.Tool;
import dev.llamastream.chat.ToolBox;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Makes tools of annotated methods:
 *
 * <pre>{@code
 * Conversation.builder(engine).toolBox(Tools.of(new Weather(), new Calendar())).build();
 * }</pre>
 *
 * <p>{@link ToolBox#toBuilder()} changes the limits, and adds other tools.
 *
 * @since 0.1.0
 */
public final class Tools {

  private Tools() {}

  /**
   * The tools of objects: their methods with {@link ToolMethod}, also inherited ones and those that
   * are not public, of each object in the order of their names. A parameter is required unless it
   * is an {@code Optional} or annotated with {@code Nullable}. Arguments are read, and results
   * written, by a mapper as in {@link Structured}.
   *
   * <p>A call of a method has a text as its result: a String as it is, {@code done} for void,
   * otherwise JSON. If arguments are missing or do not fit, or the method throws, the model is told
   * the message.
   *
   * @param objects at least one. Calls may come from several threads at once
   * @throws InvalidValueException if one has no such method, two tools have one name, a parameter's
   *     name is not known, or a method is not open to this module
   */
  public static ToolBox of(Object... objects) {
    return with(Structured.defaultMapper(), objects);
  }

  /**
   * Like {@link #of(Object...)}, with a mapper.
   *
   * @param mapper reads arguments and writes results
   */
  public static ToolBox with(ObjectMapper mapper, Object... objects) {
    if (requireNonNull(objects, "objects").length == 0) {
      throw new InvalidValueException("objects", "there are none");
    }
    TypeSchemas schemas = new TypeSchemas(requireNonNull(mapper, "mapper"));
    ToolBox.Builder tools = ToolBox.builder();
    for (Object object : objects) {
      List<Method> methods = methods(requireNonNull(object, "objects").getClass());
      if (methods.isEmpty()) {
        throw new InvalidValueException(
            "objects", object.getClass().getName() + " has no method with @ToolMethod");
      }
      for (Method method : methods) {
        add(tools, object, method, schemas, mapper);
      }
    }
    return tools.build();
  }

  /** Those that are annotated, without the ones that a subclass overrides, by the tools' names. */
  private static List<Method> methods(Class<?> type) {
    List<Method> methods = new ArrayList<>();
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      Arrays.stream(c.getDeclaredMethods())
          .filter(method -> method.isAnnotationPresent(ToolMethod.class) && !method.isBridge())
          .filter(method -> methods.stream().noneMatch(other -> overrides(other, method)))
          .forEach(methods::add);
    }
    methods.sort(Comparator.comparing(Tools::name));
    return methods;
  }

  private static boolean overrides(Method method, Method inherited) {
    return method.getName().equals(inherited.getName())
        && Arrays.equals(method.getParameterTypes(), inherited.getParameterTypes());
  }

  private static String name(Method method) {
    String name = annotation(method).name();
    return name.isEmpty() ? method.getName() : name;
  }

  private static ToolMethod annotation(Method method) {
    return requireNonNull(method.getAnnotation(ToolMethod.class));
  }

  private static void add(
      ToolBox.Builder tools,
      Object object,
      Method method,
      TypeSchemas schemas,
      ObjectMapper mapper) {
    try {
      method.setAccessible(true);
    } catch (InaccessibleObjectException e) {
      throw new InvalidValueException("objects", e);
    }
    List<TypeSchemas.Property> parameters =
        Arrays.stream(method.getParameters()).map(Tools::property).toList();
    tools.add(
        Tool.of(name(method), annotation(method).description(), schemas.ofObject(parameters)),
        new MethodTool(object, method, parameters, mapper));
  }

  private static TypeSchemas.Property property(Parameter parameter) {
    ToolParam annotation = parameter.getAnnotation(ToolParam.class);
    String name = annotation == null ? "" : annotation.name();
    if (name.isEmpty() && !parameter.isNamePresent()) {
      throw new InvalidValueException(
          "objects",
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
