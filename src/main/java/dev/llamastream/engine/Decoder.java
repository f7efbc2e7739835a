package dev.llamastream.engine;

import dev.llamastream.internal.ffm.Batch;
import dev.llamastream.internal.ffm.ContextConfig;
import dev.llamastream.internal.ffm.ContextHandle;
import dev.llamastream.internal.ffm.ModelHandle;

/** The engine's native calls that can fail. Tests inject failures here. */
interface Decoder {

  /** Opens a context. */
  default ContextHandle open(ModelHandle model, ContextConfig config) {
    return ContextHandle.open(model, config);
  }

  /** Decodes; returns false if it was stopped. */
  boolean decode(ContextHandle context, Batch batch);
}
