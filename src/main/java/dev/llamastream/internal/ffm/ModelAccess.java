package dev.llamastream.internal.ffm;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Gives the library's other packages access to a model's handle, which its users must not see. */
public final class ModelAccess {

  private static volatile @Nullable Function<Object, ModelHandle> access;

  private ModelAccess() {}

  /** Called once, by the {@code Model} class. */
  public static void provide(Function<Object, ModelHandle> handleOf) {
    access = handleOf;
  }

  /** The handle of a model. */
  public static ModelHandle handle(Object model) {
    Function<Object, ModelHandle> handleOf = access;
    if (handleOf == null) {
      throw new IllegalStateException("not a model: " + model);
    }
    return handleOf.apply(model);
  }
}
