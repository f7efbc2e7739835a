package dev.llamastream.server;

import dev.llamastream.ContextParams;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.TinyEncoder;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.server.spi.ModelLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A server with a model for each API: {@code tiny} generates without end and fills gaps, {@code
 * tools} thinks and calls a tool, {@code encoder} embeds, {@code ranker} ranks.
 */
record ModelsServer(LlamaServer server) implements AutoCloseable {

  private static final Path TINY =
      TinyModel.defaults()
          .withText(TinyModel.Text.PRINTABLE)
          .gguf()
          .put(ChatTemplate.KEY, ChatTemplate.CHATML)
          .put("tokenizer.ggml.fim_pre_token_id", 4)
          .put("tokenizer.ggml.fim_suf_token_id", 5)
          .put("tokenizer.ggml.fim_mid_token_id", 6)
          .writeShared("gaps");

  static ModelsServer start(ModelLibrary library) throws IOException {
    return new ModelsServer(
        LlamaServer.start(
            List.of(
                source("tiny", TINY),
                source("tools", Saying.THOUGHT_AND_CALL.path()),
                source("encoder", new TinyEncoder(200, 1).path()),
                source("ranker", new TinyEncoder(200, 4).path())),
            ServerParams.builder().port(0).modelLibrary(library).build()));
  }

  private static ModelSource source(String name, Path file) {
    return ModelSource.builder(name, file)
        .engineParams(
            EngineParams.builder()
                .slots(4)
                .context(ContextParams.builder().contextSize(1024).threads(1).build())
                .build())
        .requestDefaults(RequestDefaults.builder().maxTokens(64).build())
        .build();
  }

  @Override
  public void close() {
    server.close();
  }
}
