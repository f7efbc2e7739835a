package dev.llamastream.langchain4j;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Generator;
import dev.llamastream.MeteredStream;
import dev.llamastream.Model;
import dev.llamastream.Token;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.ChatStream;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.function.Function;

/**
 * Gives the answers that a test has written, as a model would that knows them: for each answer
 * there is a tiny model that generates it token by token in an engine of its own. So the request
 * goes through a real template (Qwen's, which knows tools), grammar, sampler and parser.
 */
final class ScriptedAnswers implements Generator {

  private static final String NO_ARGUMENTS = "{}";

  private final Function<ChatRequest, String> answers;
  private final Map<String, Speaker> speakers = new ConcurrentHashMap<>();

  ScriptedAnswers(Function<ChatRequest, String> answers) {
    this.answers = answers;
  }

  /** How Qwen's models call a tool. */
  static String call(String tool, String arguments) {
    return "<tool_call>\n{\"name\": \"" + tool + "\", \"arguments\": " + arguments
        + "}\n</tool_call>";
  }

  /** What was said last. */
  static String last(ChatRequest request) {
    return request.messages().getLast().text();
  }

  @Override
  public ChatStream chat(ChatRequest request) {
    return speakers.computeIfAbsent(answers.apply(request), Speaker::new).engine.chat(request);
  }

  @Override
  public MeteredStream streamWithStats(GenerationRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Flow.Publisher<Token> publisher(GenerationRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Flow.Publisher<ChatDelta> publisher(ChatRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int contextSize() {
    return 8192;
  }

  @Override
  public void close() {
    speakers.values().forEach(Speaker::close);
  }

  private static final class Speaker {
    private final Model model;
    private final Engine engine;

    Speaker(String text) {
      ScriptedModel script = new ScriptedModel(pieces(text), false);
      model =
          Model.load(
              script
                  .gguf()
                  .put(ChatTemplate.KEY, ChatTemplate.qwen25())
                  .writeShared("scripted-answer"));
      engine =
          Engine.open(
              model,
              EngineParams.builder()
                  .slots(1)
                  .context(ContextParams.builder().contextSize(8192).build())
                  .build());
    }

    /** Single bytes, as a vocabulary can hold those several times. No arguments are one token. */
    private static List<byte[]> pieces(String text) {
      List<byte[]> pieces = new ArrayList<>();
      int whole = text.indexOf(NO_ARGUMENTS);
      int end = whole < 0 ? text.length() : whole;
      addBytes(pieces, text.substring(0, end));
      if (whole >= 0) {
        pieces.add(NO_ARGUMENTS.getBytes(UTF_8));
        addBytes(pieces, text.substring(whole + NO_ARGUMENTS.length()));
      }
      return pieces;
    }

    private static void addBytes(List<byte[]> pieces, String text) {
      for (byte b : text.getBytes(UTF_8)) {
        pieces.add(new byte[] {b});
      }
    }

    void close() {
      engine.close();
      model.close();
    }
  }
}
