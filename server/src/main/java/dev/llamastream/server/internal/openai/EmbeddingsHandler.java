package dev.llamastream.server.internal.openai;

import dev.llamastream.server.internal.embeddings.Embedded;
import dev.llamastream.server.internal.embeddings.Embeddings;
import dev.llamastream.server.internal.embeddings.Truncation;
import dev.llamastream.server.internal.embeddings.WantedEmbeddings;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.Prompts;
import dev.llamastream.server.internal.json.RequestJson;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;

/** {@code /v1/embeddings}. */
final class EmbeddingsHandler implements Handler {

  private final Embeddings embeddings;

  EmbeddingsHandler(Embeddings embeddings) {
    this.embeddings = embeddings;
  }

  /** The response. */
  record Listing(String object, List<Entry> data, String model, EmbeddingUsage usage) {}

  /**
   * The embedding of one input.
   *
   * @param embedding a list of numbers, or the Base64 of their bytes
   */
  record Entry(String object, int index, Object embedding) {}

  /** The number of tokens of the inputs. */
  record EmbeddingUsage(int promptTokens, int totalTokens) {}

  @Override
  public void handle(Request request) throws InterruptedException {
    RequestJson json = request.json();
    json.text("model", "");
    boolean base64 = isBase64(json);
    WantedEmbeddings wanted =
        new WantedEmbeddings(
            "input",
            Prompts.read(json, "input"),
            json.integer("dimensions", 0, 1, Integer.MAX_VALUE),
            Truncation.read(json));
    OtherFields.check(json);
    embeddings.answer(request, wanted, embedded -> json(request, embedded, base64));
  }

  private static boolean isBase64(RequestJson json) {
    String format = json.text("encoding_format", "float");
    if (!format.equals("float") && !format.equals("base64")) {
      throw json.error("encoding_format", "must be float or base64");
    }
    return format.equals("base64");
  }

  private static String json(Request request, Embedded embedded, boolean base64) {
    List<Entry> entries =
        IntStream.range(0, embedded.vectors().size())
            .mapToObj(i -> new Entry("embedding", i, form(embedded.vectors().get(i), base64)))
            .toList();
    EmbeddingUsage usage = new EmbeddingUsage(embedded.tokens(), embedded.tokens());
    return OpenAiJson.write(new Listing("list", entries, request.modelName(), usage));
  }

  private static Object form(float[] vector, boolean base64) {
    return base64 ? base64(vector) : vector;
  }

  /** Encodes the numbers as little-endian 32-bit floats. */
  private static String base64(float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(vector.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  @Override
  public void close() {
    embeddings.close();
  }
}
