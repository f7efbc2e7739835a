package dev.llamastream.engine;

import dev.llamastream.internal.ffm.Batch;
import dev.llamastream.internal.ffm.ContextConfig;
import dev.llamastream.internal.ffm.ContextHandle;
import dev.llamastream.internal.ffm.ModelHandle;

/** What an engine asks of native code that can fail. Tests put failures in its place. */
interface Decoder {

  /** Opens a context. */
  default ContextHandle open(ModelHandle model, ContextConfig config) {
    return ContextHandle.open(model, config);
  }

  /** Decodes; false if it was stopped. */
  boolean decode(ContextHandle context, Batch batch);
}
