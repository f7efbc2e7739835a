package dev.llamastream.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelIT;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

/**
 * LangChain4j's own tests of a chat model, with a model that knows the answers.
 *
 * <p>What is not tried is overridden without an annotation, and so is no test: images, which the
 * library cannot read yet; another model's name, as a generator has one model; and the tests of
 * models that refuse what this one can do.
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
    return LlamaChatModel.builder()
        .generator(answers)
        .defaultRequestParameters(parameters)
        .build();
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

  // Another model's name.

  @Override
  protected void should_respect_modelName_in_chat_request(ChatModel model) {}

  @Override
  protected void should_respect_modelName_in_default_model_parameters() {}

  // Images.

  @Override
  protected void should_accept_single_image_as_base64_encoded_string(ChatModel model) {}

  @Override
  protected void should_accept_multiple_images_as_base64_encoded_strings(ChatModel model) {}

  @Override
  protected void should_accept_single_image_as_public_URL(ChatModel model) {}

  @Override
  protected void should_accept_multiple_images_as_public_URLs(ChatModel model) {}

  // Refusals of what this model can do.

  @Override
  protected void should_fail_if_maxOutputTokens_parameter_is_not_supported(ChatModel model) {}

  @Override
  protected void should_fail_if_stopSequences_parameter_is_not_supported(ChatModel model) {}

  @Override
  protected void should_fail_if_tools_are_not_supported(ChatModel model) {}

  @Override
  protected void should_fail_if_tool_choice_REQUIRED_is_not_supported(ChatModel model) {}

  @Override
  protected void should_fail_if_JSON_response_format_is_not_supported(ChatModel model) {}

  @Override
  protected void should_fail_if_JSON_response_format_with_schema_is_not_supported(
      ChatModel model) {}
}
