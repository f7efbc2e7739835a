package dev.llamastream.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.common.AbstractAiServiceWithJsonSchemaIT;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

/** LangChain4j's own tests of AI services that return objects. */
class AiServiceWithJsonSchemaTest extends AbstractAiServiceWithJsonSchemaIT {

  private final ScriptedAnswers answers = new ScriptedAnswers(KnownJson::to);

  @AfterAll
  void close() {
    answers.close();
  }

  @Override
  protected List<ChatModel> models() {
    return List.of(LlamaChatModel.builder().generator(answers).build());
  }

  @Override
  protected boolean supportsRecursion() {
    return true;
  }
}
