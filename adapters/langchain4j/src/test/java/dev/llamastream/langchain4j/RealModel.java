package dev.llamastream.langchain4j;

import dev.llamastream.ContextParams;
import dev.llamastream.Model;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import java.nio.file.Path;

/** SmolLM2 with 135M parameters, in an engine. */
final class RealModel implements AutoCloseable {

  private final Model model = Model.load(Path.of(System.getProperty("llamastream.test.model")));
  final Engine engine =
      Engine.open(
          model,
          EngineParams.builder()
              .slots(2)
              .context(ContextParams.builder().contextSize(2048).build())
              .build());

  @Override
  public void close() {
    engine.close();
    model.close();
  }
}
