package dev.llamastream.server;

import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * A model for clients, which says the same whatever it is asked. It knows tools and thinking.
 *
 * @param script what it says
 */
record Saying(ScriptedModel script) {

  static final Saying TEXT = of("Hello", " wor", "ld", "!!", " Bye");

  static final Saying THOUGHT_AND_CALL =
      of(
          "<think>\n",
          "Hm.",
          "</think>\n\n",
          "<tool_call>\n{\"name\": \"get_weather\", ",
          "\"arguments\": {\"city\": ",
          "\"Paris\"}}",
          "\n</tool_call>");

  static final Saying CALL =
      of(
          "<tool_call>\n{\"name\": \"get_weather\", ",
          "\"arguments\": {\"city\": ",
          "\"Paris\"}}",
          "\n</tool_call>");

  static final Saying JSON = of("{\"city\": ", "\"Paris\", ", "\"degrees\": ", "21}");

  private static Saying of(String... pieces) {
    return new Saying(ScriptedModel.of(pieces));
  }

  /** The file with this model: read only. */
  Path path() {
    return script.gguf().put(ChatTemplate.KEY, ChatTemplate.qwen3()).writeShared("saying");
  }

  /** A server with this model, which it calls {@code tiny}. */
  TestServer serve() throws IOException {
    return serve(params -> params);
  }

  /** The same, served otherwise. */
  TestServer serve(UnaryOperator<ServerParams.Builder> params) throws IOException {
    return TestServer.start(path(), builder -> params.apply(builder.modelName("tiny")));
  }
}
