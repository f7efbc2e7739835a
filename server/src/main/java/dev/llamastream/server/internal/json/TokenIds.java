package dev.llamastream.server.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Reads lists of token ids. */
public final class TokenIds {

  private TokenIds() {}

  /**
   * The ids in a field; none if it is absent.
   *
   * @throws ApiError 400 if it is not a list of whole numbers of 32 bits
   */
  public static List<Integer> read(RequestJson json, String field) {
    JsonNode list = json.node(field);
    if (list == null) {
      return List.of();
    }
    if (!list.isArray()) {
      throw json.wrongType(field, list, "a list of token ids");
    }
    List<Integer> ids = new ArrayList<>();
    for (JsonNode id : list) {
      if (!id.isInt()) {
        throw json.wrongType(field, id, "a token id");
      }
      ids.add(id.intValue());
    }
    return ids;
  }
}
