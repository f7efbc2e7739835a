package dev.llamastream.langchain4j;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.ContextParams;
import dev.llamastream.Model;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A tiny model that always says the same, token by token, and an engine on it. */
final class ScriptedEngine implements AutoCloseable {

  private static final String NO_ARGUMENTS = "{}";

  final Model model;
  final Engine engine;

  /**
   * Opens an engine with one slot.
   *
   * @param template how the model reads a chat, and calls tools
   */
  ScriptedEngine(ScriptedModel script, String template, UnaryOperator<EngineParams.Builder> more) {
    model = Model.load(script.gguf().put(ChatTemplate.KEY, template).writeShared("scripted-chat"));
    engine =
        Engine.open(
            model,
            more.apply(
                    EngineParams.builder()
                        .slots(1)
                        .context(ContextParams.builder().contextSize(8192).build()))
                .build());
  }

  /** One that says a text, as Qwen 2.5 does. */
  static ScriptedEngine saying(String text) {
    return new ScriptedEngine(script(text), ChatTemplate.qwen25(), params -> params);
  }

  /** A model for a text. Its tokens are single bytes, but no arguments of a tool are one. */
  static ScriptedModel script(String text) {
    List<byte[]> pieces = new ArrayList<>();
    int whole = text.indexOf(NO_ARGUMENTS);
    addBytes(pieces, whole < 0 ? text : text.substring(0, whole));
    if (whole >= 0) {
      pieces.add(NO_ARGUMENTS.getBytes(UTF_8));
      addBytes(pieces, text.substring(whole + NO_ARGUMENTS.length()));
    }
    return new ScriptedModel(pieces, false);
  }

  // a vocabulary can hold a byte several times, but no longer piece
  private static void addBytes(List<byte[]> pieces, String text) {
    for (byte b : text.getBytes(UTF_8)) {
      pieces.add(new byte[] {b});
    }
  }

  @Override
  public void close() {
    engine.close();
    model.close();
  }
}
