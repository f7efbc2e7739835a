package dev.llamastream.structured;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A parameter of a {@link ToolMethod}.
 *
 * @since 0.1.0
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface ToolParam {

  /** What the parameter means, for the model; empty if its name says it. */
  String description() default "";

  /** Its name for the model; empty for that in the source, which needs javac's -parameters. */
  String name() default "";
}
