package dev.llamastream.langchain4j;

import dev.langchain4j.model.chat.response.StreamingHandle;

/**
 * What a {@link LlamaStreamingChatModel} tells first, before the model reads the prompt: {@link
 * dev.langchain4j.model.chat.response.StreamingChatResponseHandler#onUnmappedRawEvent}. With its
 * handle an answer can be cancelled before there is a first token.
 *
 * @since 0.1.0
 */
public final class LlamaStreamStarted {

  private final StreamingHandle streamingHandle;

  LlamaStreamStarted(StreamingHandle streamingHandle) {
    this.streamingHandle = streamingHandle;
  }

  /** Cancels the answer. The callbacks get the same handle with each part. */
  public StreamingHandle streamingHandle() {
    return streamingHandle;
  }

  @Override
  public String toString() {
    return "LlamaStreamStarted[cancelled=" + streamingHandle.isCancelled() + "]";
  }
}
