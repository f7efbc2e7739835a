package dev.llamastream.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelIT;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

/**
 * LangChain4j's own tests of a chat model, with a model that knows the answers. See {@link
 * NotTried}.
 */
class ChatModelTest extends AbstractChatModelIT {

  private final ScriptedAnswers answers = new ScriptedAnswers(KnownAnswers::to);

  @AfterAll
  void close() {
    answers.close();
  }

  @Override
  protected List<ChatModel> models() {
    return List.of(LlamaChatModel.builder().generator(answers).build());
  }

  @Override
  protected ChatModel createModelWith(ChatRequestParameters parameters) {
    return LlamaChatModel.builder().generator(answers).defaultRequestParameters(parameters).build();
  }

  @Override
  protected ChatRequestParameters createIntegrationSpecificParameters(int maxOutputTokens) {
    return LlamaChatRequestParameters.builder().maxOutputTokens(maxOutputTokens).build();
  }

  @Override
  protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(ChatModel model) {
    return LlamaChatResponseMetadata.class;
  }

  @Override
  protected boolean supportsModelNameParameter() {
    return false;
  }

  @Override
  protected boolean supportsSingleImageInputAsBase64EncodedString() {
    return false;
  }

  @Override
  protected boolean supportsSingleImageInputAsPublicURL() {
    return false;
  }
}
