package dev.llamastream.internal.ffm;

import dev.llamastream.ContextCreationException;
import dev.llamastream.Pooling;
import dev.llamastream.internal.bindings.LibLlama;
import java.util.Map;

/** What libllama makes of the embeddings of a text's tokens. */
enum TokenPooling {
  MEAN(LibLlama.LLAMA_POOLING_TYPE_MEAN()),
  CLS(LibLlama.LLAMA_POOLING_TYPE_CLS()),
  LAST(LibLlama.LLAMA_POOLING_TYPE_LAST()),
  /** What the model's classifier says. */
  RANK(LibLlama.LLAMA_POOLING_TYPE_RANK());

  private final int nativeType;

  TokenPooling(int nativeType) {
    this.nativeType = nativeType;
  }

  static TokenPooling of(Pooling pooling, ModelHandle model) {
    return switch (pooling) {
      case MODEL -> ofModel(model);
      case MEAN -> MEAN;
      case CLS -> CLS;
      case LAST -> LAST;
    };
  }

  private static TokenPooling ofModel(ModelHandle model) {
    return switch (inFile(model)) {
      case "2" -> CLS;
      case "3" -> LAST;
      case "4" ->
          throw new ContextCreationException(
              "this model ranks texts: it has no embeddings but with a pooling" + " chosen for it");
      default -> MEAN;
    };
  }

  /** Whether the model has a classifier, which judges how well two texts match. */
  static boolean ranks(ModelHandle model) {
    return inFile(model).equals("4")
        && model.hasClassifier()
        && LibLlama.llama_model_n_cls_out(model.segment()) > 0;
  }

  private static String inFile(ModelHandle model) {
    Map<String, String> metadata = model.metadata();
    String architecture = metadata.getOrDefault("general.architecture", "");
    return metadata.getOrDefault(architecture + ".pooling_type", "");
  }

  int nativeType() {
    return nativeType;
  }

  /** How many numbers it makes. */
  int dimensions(ModelHandle model) {
    return this == RANK
        ? LibLlama.llama_model_n_cls_out(model.segment())
        : LibLlama.llama_model_n_embd_out(model.segment());
  }
}
