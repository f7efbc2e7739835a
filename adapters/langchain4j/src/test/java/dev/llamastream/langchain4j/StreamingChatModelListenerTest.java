package dev.llamastream.langchain4j;

import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelListenerIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** LangChain4j's own tests of the listeners of a streaming chat model, with a real model. */
class StreamingChatModelListenerTest extends AbstractStreamingChatModelListenerIT {

  private static RealModel model;

  @BeforeAll
  static void load() {
    model = new RealModel();
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Override
  protected StreamingChatModel createModel(ChatModelListener listener) {
    return LlamaStreamingChatModel.builder()
        .generator(model.engine)
        .modelName(modelName())
        .temperature(temperature())
        .topP(topP())
        .maxOutputTokens(maxTokens())
        .listeners(listener)
        .build();
  }

  @Override
  protected String modelName() {
    return "smollm2-135m";
  }

  @Override
  protected StreamingChatModel createFailingModel(ChatModelListener listener) {
    try (RealModel closed = new RealModel()) {
      return LlamaStreamingChatModel.builder().generator(closed.engine).listeners(listener).build();
    }
  }

  @Override
  protected Class<? extends Exception> expectedExceptionClass() {
    return NonRetriableException.class;
  }
}
