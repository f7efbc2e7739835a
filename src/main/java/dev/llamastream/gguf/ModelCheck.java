package dev.llamastream.gguf;

import dev.llamastream.ModelLoadException;
import java.util.List;

/**
 * Checks what llama.cpp assumes about a model. If a file breaks one of these rules, llama.cpp fails
 * an assertion or crashes instead of reporting an error. Errors that llama.cpp reports itself are
 * not checked here.
 *
 * <p>Each rule cites the place in llama.cpp v0.5.0 that requires it. No rule is about quality: an
 * unusual model that llama.cpp can run passes.
 *
 * @since 0.1.0
 */
public final class ModelCheck {

  private ModelCheck() {}

  /**
   * Checks a model.
   *
   * @param files all of its files, from {@link GgufFile#readAll}
   * @param vocabularyOnly whether only its vocabulary will be loaded
   * @throws ModelLoadException if the model breaks a rule; the message names the file, the field,
   *     its value and what it must be
   */
  public static void check(List<GgufFile> files, boolean vocabularyOnly) {
    ModelMetadata metadata = new ModelMetadata(files.getFirst());
    new VocabularyCheck(metadata).run();
    if (!vocabularyOnly) {
      new HyperparameterCheck(metadata).run();
      new LayerCheck(metadata, files).run();
      for (GgufFile file : files) {
        new TensorCheck(file).run();
      }
    }
  }
}
