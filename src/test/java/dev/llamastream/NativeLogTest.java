package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.fixture.TinySlidingWindow;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What of libllama's log reaches somebody who listens to warnings. */
class NativeLogTest {

  private static final Logger LOGGER = Logger.getLogger("dev.llamastream.native");

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
            lines.add(record.getLevel() + " " + record.getMessage());
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    LOGGER.addHandler(handler);
  }

  @AfterEach
  void stopListening() {
    LOGGER.removeHandler(handler);
  }

  @Test
  void whatIsNormalIsNotWarnedOf() {
    try (Model model = Model.load(TinySlidingWindow.path())) {
      try (Context context = new Context(model, ContextParams.builder().contextSize(512).build())) {
        assertThat(context.generate("a", 20)).isNotNull();
      }
      try (Engine engine =
          Engine.open(
              model,
              EngineParams.builder()
                  .slots(3)
                  .context(ContextParams.builder().contextSize(1000).build())
                  .build())) {
        assertThat(engine.generate("a", 20)).isNotNull();
      }
      try (Embedder embedder = Embedder.open(model)) {
        assertThat(embedder.embed("text")).isNotEmpty();
      }
    }
    assertThat(lines).isEmpty();
  }

  @Test
  void whatIsThrownIsNotLoggedAsAnErrorToo() {
    assertThatThrownBy(() -> Model.load(TinyModel.defaults().withArchitecture("nothing").path()))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("unknown model architecture");
    assertThat(lines).isEmpty();
  }

  @Test
  void whatIsAmissWithoutAFailureIsWarnedOf() {
    TinyModel model = TinyModel.defaults().withContextLength(256);
    try (Model loaded = Model.load(model.path());
        Context _ = new Context(loaded, ContextParams.builder().contextSize(512).build())) {
      assertThat(lines)
          .singleElement()
          .asString()
          .startsWith("WARNING")
          .contains("possible training context overflow");
    }
  }
}
