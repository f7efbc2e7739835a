package dev.llamastream.server.internal.llamacpp;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.Tokenizer;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.RequestJson;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;

/** {@code /tokenize}. */
final class TokenizeHandler implements Handler {

  @Override
  public void handle(Request request) {
    Tokenizer tokenizer = request.model().tokenizer();
    RequestJson json = request.json();
    JsonNode content = json.node(json.called("token", "content"));
    boolean addSpecial = json.bool("add_special", false);
    boolean parseSpecial = json.bool("parse_special", true);
    boolean withPieces = json.bool("with_pieces", false);
    json.rejectUnknown();
    List<Integer> tokens =
        content == null
            ? List.of()
            : MixedText.tokens(request, "content", content, addSpecial, parseSpecial);
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("tokens");
    for (int token : tokens) {
      if (withPieces) {
        putPiece(list.addObject().put("id", token), tokenizer.piece(token));
      } else {
        list.add(token);
      }
    }
    request.reply(200, Json.write(body));
  }

  /** A text, or a list of bytes if they are not UTF-8. */
  private static void putPiece(ObjectNode token, byte[] piece) {
    try {
      token.put("piece", UTF_8.newDecoder().decode(ByteBuffer.wrap(piece)).toString());
    } catch (CharacterCodingException e) {
      ArrayNode bytes = token.putArray("piece");
      for (byte b : piece) {
        bytes.add(Byte.toUnsignedInt(b));
      }
    }
  }
}
