package dev.llamastream.langchain4j;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.Mockito.atLeast;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.mockito.InOrder;

/**
 * LangChain4j's own tests of a streaming chat model, with a model that knows the answers. See
 * {@link NotTried}.
 */
class StreamingChatModelTest extends AbstractStreamingChatModelIT {

  private final ScriptedAnswers answers = new ScriptedAnswers(KnownAnswers::to);

  @AfterAll
  void close() {
    answers.close();
  }

  @Override
  protected List<StreamingChatModel> models() {
    return List.of(LlamaStreamingChatModel.builder().generator(answers).build());
  }

  @Override
  protected StreamingChatModel createModelWith(ChatRequestParameters parameters) {
    return LlamaStreamingChatModel.builder()
        .generator(answers)
        .defaultRequestParameters(parameters)
        .build();
  }

  @Override
  protected ChatRequestParameters createIntegrationSpecificParameters(int maxOutputTokens) {
    return LlamaChatRequestParameters.builder().maxOutputTokens(maxOutputTokens).build();
  }

  @Override
  protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(
      StreamingChatModel model) {
    return LlamaChatResponseMetadata.class;
  }

  @Override
  public StreamingChatModel createModelWith(ChatModelListener listener) {
    return LlamaStreamingChatModel.builder().generator(answers).listeners(listener).build();
  }

  @Override
  protected void verifyToolCallbacks(
      StreamingChatResponseHandler handler, InOrder order, String id) {
    verifyParts(handler, order, id);
    order
        .verify(handler)
        .onCompleteToolCall(complete(0, id, "getWeather", "{\"city\":\"Munich\"}"));
  }

  @Override
  protected void verifyToolCallbacks(
      StreamingChatResponseHandler handler, InOrder order, String id1, String id2) {
    verifyToolCallbacks(handler, order, id1);
    verifyParts(handler, order, id2);
    order
        .verify(handler)
        .onCompleteToolCall(complete(1, id2, "getTime", "{\"country\":\"France\"}"));
  }

  private static void verifyParts(StreamingChatResponseHandler handler, InOrder order, String id) {
    order
        .verify(handler, atLeast(2))
        .onPartialToolCall(argThat(part -> part.id().equals(id)), any());
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
