package dev.llamastream.store;

import dev.llamastream.LlamaException;
import java.io.Serial;

/**
 * A model could not be found, downloaded or removed. The message says what to do next.
 *
 * @since 0.1.0
 */
public final class ModelStoreException extends LlamaException {
  @Serial private static final long serialVersionUID = 1L;

  /** What kind of failure it is. More may be added. */
  public enum Reason {
    /** No model has this name, neither here nor where it was looked for. */
    NOT_FOUND,
    /** The registry wants a token, or this one may not read the model. */
    NOT_ALLOWED,
    /** The registry answered 429, and asked for a longer wait than a pull waits. */
    RATE_LIMITED,
    /** No connection, a failing one, or a server that answers with errors. */
    UNREACHABLE,
    /** The model is not on this machine, and the store is offline. */
    OFFLINE,
    /** What came is not what was announced: another hash, another length, no GGUF file. */
    WRONG_CONTENT,
    /** The model is larger than the free space on the disk or than the machine's memory. */
    TOO_LARGE,
    /** A folder or file cannot be read or written. */
    STORAGE,
    /** The listener or an interrupt stopped the pull. The next one continues it. */
    CANCELLED,
    /** The model cannot be used, for instance because it is only an adapter of another one. */
    UNSUPPORTED
  }

  private final Reason reason;

  /** Creates an exception with a message. */
  public ModelStoreException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Creates an exception with a message and its cause. */
  public ModelStoreException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What kind of failure it is. */
  public Reason reason() {
    return reason;
  }
}
