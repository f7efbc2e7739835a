package dev.llamastream.store.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the JSON of registries. */
public final class Json {

  private static final JsonMapper MAPPER = new JsonMapper();

  private Json() {}

  /**
   * Reads a value.
   *
   * @param from where it comes from, for the message
   * @throws ModelStoreException if it is no JSON
   */
  public static JsonNode read(byte[] text, Object from) {
    try {
      JsonNode node = MAPPER.readTree(text);
      if (node != null && !node.isMissingNode()) {
        return node;
      }
      throw failure(from, "is empty", null);
    } catch (JsonProcessingException e) {
      throw failure(from, "is no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw failure(from, "cannot be read: " + e, e);
    }
  }

  private static ModelStoreException failure(Object from, String what, @Nullable Exception cause) {
    String message = "the answer of " + from + " " + what;
    return cause == null
        ? new ModelStoreException(Reason.WRONG_CONTENT, message)
        : new ModelStoreException(Reason.WRONG_CONTENT, message, cause);
  }
}
