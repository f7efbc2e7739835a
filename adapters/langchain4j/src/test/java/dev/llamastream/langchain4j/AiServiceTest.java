package dev.llamastream.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.common.AbstractAiServiceIT;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

/** LangChain4j's own tests of AI services. */
class AiServiceTest extends AbstractAiServiceIT {

  private final ScriptedAnswers answers = new ScriptedAnswers(KnownCalls::to);

  @AfterAll
  void close() {
    answers.close();
  }

  @Override
  protected List<ChatModel> models() {
    return List.of(LlamaChatModel.builder().generator(answers).build());
  }
}
