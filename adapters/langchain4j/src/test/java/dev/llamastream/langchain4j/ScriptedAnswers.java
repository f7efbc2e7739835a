package dev.llamastream.langchain4j;

import dev.llamastream.GenerationRequest;
import dev.llamastream.Generator;
import dev.llamastream.MeteredStream;
import dev.llamastream.Token;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.ChatStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.function.Function;

/**
 * Gives the answers that a test has written, as a model would that knows them: for each answer
 * there is a tiny model that generates it token by token in an engine of its own. So the request
 * goes through a real template (Qwen's, which knows tools), grammar, sampler and parser.
 */
class ScriptedAnswers implements Generator {

  private final Function<ChatRequest, String> answers;
  private final Map<String, ScriptedEngine> speakers = new ConcurrentHashMap<>();

  ScriptedAnswers(Function<ChatRequest, String> answers) {
    this.answers = answers;
  }

  /** How Qwen's models call a tool. */
  static String call(String tool, String arguments) {
    return "<tool_call>\n{\"name\": \""
        + tool
        + "\", \"arguments\": "
        + arguments
        + "}\n</tool_call>";
  }

  /** What was said last. */
  static String last(ChatRequest request) {
    return request.messages().getLast().text();
  }

  @Override
  public ChatStream chat(ChatRequest request) {
    return speakers
        .computeIfAbsent(answers.apply(request), ScriptedEngine::saying)
        .engine
        .chat(request);
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
    speakers.values().forEach(ScriptedEngine::close);
  }
}
