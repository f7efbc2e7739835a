package dev.llamastream.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.llamastream.InvalidValueException;
import java.io.Serial;
import java.util.SortedMap;
import org.apache.spark.ml.param.Param;

/** Settings as a parameter, in JSON where it is stored. */
final class SettingsParam extends Param<LlamaSettings> {

  @Serial private static final long serialVersionUID = 1L;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  SettingsParam(String parent) {
    super(parent, "settings", "the model, and what it does with a row");
  }

  @Override
  public String jsonEncode(LlamaSettings value) {
    try {
      return MAPPER.writeValueAsString(value.options());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public LlamaSettings jsonDecode(String json) {
    try {
      return LlamaSettings.of(
          MAPPER.readValue(json, new TypeReference<SortedMap<String, String>>() {}));
    } catch (JsonProcessingException e) {
      throw new InvalidValueException("settings", e);
    }
  }
}
