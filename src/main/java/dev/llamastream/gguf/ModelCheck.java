package dev.llamastream.gguf;

import dev.llamastream.ModelLoadException;
import java.util.List;

/**
 * What llama.cpp takes for granted in a model: it answers a file that breaks one of these rules
 * with a failed assertion, or a crash, and not with an error. What it reports by itself is not
 * checked here.
 *
 * <p>A rule comes with the place in llama.cpp v0.5.0 that makes it one. None is about quality: an
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
   * @param vocabularyOnly whether only its vocabulary is going to be loaded
   * @throws ModelLoadException if llama.cpp cannot be trusted with it; the message names the file,
   *     the field, its value and what it must be
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
