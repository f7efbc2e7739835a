package dev.llamastream.langchain4j;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.service.common.AbstractStreamingAiServiceIT;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

/** LangChain4j's own tests of streaming AI services. */
class StreamingAiServiceTest extends AbstractStreamingAiServiceIT {

  private final ScriptedAnswers answers = new ScriptedAnswers(KnownCalls::to);

  @AfterAll
  void close() {
    answers.close();
  }

  @Override
  protected List<StreamingChatModel> models() {
    return List.of(LlamaStreamingChatModel.builder().generator(answers).build());
  }

  @Override
  protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(
      StreamingChatModel model) {
    return LlamaChatResponseMetadata.class;
  }
}
