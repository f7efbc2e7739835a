package dev.llamastream.server.internal.ollama;

import dev.llamastream.SamplerParams;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.Defaults;
import dev.llamastream.server.internal.json.GenerationFields;
import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.json.SamplerFields;
import dev.llamastream.server.internal.json.Seeds;
import java.util.List;
import java.util.Locale;

/** The field {@code options}: the sampling and the limits. */
record Options(SamplerParams sampler, int maxTokens, List<String> stops) {

  private static final String FIELD = "options";

  /**
   * Reads the options.
   *
   * @param free whether the request leaves the text free, so that a grammar may form it
   * @throws dev.llamastream.server.internal.json.ApiError 400 for a value of a wrong type, or a
   *     context that the server does not have
   * @throws dev.llamastream.InvalidValueException for a value that the library rejects
   */
  static Options read(Request request, boolean free) {
    RequestJson options = request.json().object(FIELD);
    Defaults defaults = request.defaults();
    checkContext(request, options);
    SamplerParams.Builder sampler = SamplerFields.read(options, defaults.sampler());
    if (!free) {
      sampler.grammar(options.text("grammar", ""));
    }
    long seed = options.integer(options.called("seed", "seed"), defaults.sampler().seed());
    return new Options(
        sampler.seed(Seeds.of(seed, 0)).build(),
        maxTokens(options, defaults),
        GenerationFields.stops(options, defaults));
  }

  /** -1 stands for no limit, -2 for until the context is full. Here both are the same. */
  private static int maxTokens(RequestJson options, Defaults defaults) {
    String name = options.called("maxTokens", "num_predict");
    int asked =
        options.integer(name, defaults.maxTokensOr(Integer.MAX_VALUE), -2, Integer.MAX_VALUE);
    return asked < 0 ? Integer.MAX_VALUE : asked;
  }

  /** The context was made when the model was loaded. A smaller one would only take away room. */
  private static void checkContext(Request request, RequestJson options) {
    int asked = options.integer("num_ctx", 0, 0, Integer.MAX_VALUE);
    int room = request.card().contextSize();
    if (room > 0 && room < asked) {
      throw options.error(
          "num_ctx",
          String.format(
              Locale.ROOT,
              "%d, must be in [0, %d]: the context that this server has",
              asked,
              room));
    }
  }
}
