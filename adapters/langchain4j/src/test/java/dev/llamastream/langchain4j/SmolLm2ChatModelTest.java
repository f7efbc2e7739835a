package dev.llamastream.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelIT;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

/**
 * LangChain4j's own tests of a chat model, with a real model that knows little. See {@link
 * NotTried}.
 */
class SmolLm2ChatModelTest extends AbstractChatModelIT {

  private final RealModel model = new RealModel();

  @AfterAll
  void close() {
    model.close();
  }

  private LlamaChatModel.Builder builder() {
    return LlamaChatModel.builder()
        .generator(model.engine)
        .temperature(0.0)
        .maxOutputTokens(40)
        .parallelToolCalls(false);
  }

  @Override
  protected List<ChatModel> models() {
    return List.of(builder().build());
  }

  @Override
  protected ChatModel createModelWith(ChatRequestParameters parameters) {
    return builder().maxOutputTokens(null).defaultRequestParameters(parameters).build();
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
