package dev.llamastream.langchain4j;

import dev.langchain4j.data.image.Image;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.common.AbstractAiServiceWithToolsIT;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

/** LangChain4j's own tests of AI services with tools. See {@link NotTried}. */
class AiServiceWithToolsTest extends AbstractAiServiceWithToolsIT {

  private final ScriptedAnswers answers = new ScriptedAnswers(KnownCalls::to);

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

  @Override
  protected boolean verifyModelInteractions() {
    return true;
  }

  /** One that is not fetched. */
  @Override
  protected Image catImage() {
    return Image.builder().base64Data("iVBORw0KGgo=").mimeType("image/png").build();
  }
}
