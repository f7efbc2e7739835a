package dev.llamastream.langchain4j;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.llamastream.Generator;
import java.util.List;
import java.util.Set;

/**
 * What a chat model was built with.
 *
 * @param modelName for the metadata of answers
 * @param returnThinking whether answers have the model's thinking
 * @param sendThinking whether the model sees its thinking again
 */
record ChatSettings(
    Generator generator,
    String modelName,
    LlamaChatRequestParameters parameters,
    List<ChatModelListener> listeners,
    Set<Capability> capabilities,
    boolean returnThinking,
    boolean sendThinking) {}
