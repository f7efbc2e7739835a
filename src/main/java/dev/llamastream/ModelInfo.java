package dev.llamastream;

/**
 * What a model says of itself. Of one that was loaded with {@link ModelParams#vocabOnly()}, numbers
 * that describe its weights are 0.
 *
 * @param description llama.cpp's one-line description, for instance {@code llama 135M Q4_1}
 * @param architecture for instance {@code llama}
 * @param name the model's own name; empty if it has none
 * @param parameters number of parameters
 * @param sizeInBytes size of all tensors
 * @param vocabularySize number of tokens in the vocabulary
 * @param trainedContextSize the context size that the model was trained with, in tokens
 * @param embeddingSize length of an embedding
 * @param layers number of layers
 * @param heads number of attention heads
 * @param kvHeads number of key and value heads
 * @param canGenerate whether a {@link Context} can be opened: a decoder-only text model with its
 *     weights loaded
 * @param chatTemplate the model's chat template, in Jinja; empty if it has none
 */
public record ModelInfo(
    String description,
    String architecture,
    String name,
    long parameters,
    long sizeInBytes,
    int vocabularySize,
    int trainedContextSize,
    int embeddingSize,
    int layers,
    int heads,
    int kvHeads,
    boolean canGenerate,
    String chatTemplate) {}
