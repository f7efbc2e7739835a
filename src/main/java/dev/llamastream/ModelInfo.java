package dev.llamastream;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A model's description of itself. Immutable. For a model loaded with {@link
 * ModelParams#vocabOnly()}, the numbers that describe its weights are 0.
 *
 * @since 0.1.0
 */
public final class ModelInfo {

  private final Values values;

  private ModelInfo(Values values) {
    this.values = values;
  }

  /** A builder that starts from zeros and empty texts. */
  public static Builder builder() {
    return new Builder();
  }

  /** The one-line description that llama.cpp gives, for instance {@code llama 135M Q4_1}. */
  public String description() {
    return values.description();
  }

  /** The kind of model, for instance {@code llama}. */
  public String architecture() {
    return values.architecture();
  }

  /** The model's own name; empty if it has none. */
  public String name() {
    return values.name();
  }

  /** The number of parameters. */
  public long parameters() {
    return values.parameters();
  }

  /** The size of all tensors, in bytes. */
  public long sizeInBytes() {
    return values.sizeInBytes();
  }

  /** The number of tokens in the vocabulary. */
  public int vocabularySize() {
    return values.vocabularySize();
  }

  /** The context size that the model was trained with, in tokens. */
  public int trainedContextSize() {
    return values.trainedContextSize();
  }

  /** The length of an embedding. */
  public int embeddingSize() {
    return values.embeddingSize();
  }

  /** The number of layers. */
  public int layers() {
    return values.layers();
  }

  /** The number of attention heads. */
  public int heads() {
    return values.heads();
  }

  /** The number of key and value heads. */
  public int kvHeads() {
    return values.kvHeads();
  }

  /** Whether a {@link Context} can be opened: a decoder-only text model with its weights loaded. */
  public boolean canGenerate() {
    return values.canGenerate();
  }

  /** The model's chat template, in Jinja; empty if it has none. */
  public String chatTemplate() {
    return values.chatTemplate();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ModelInfo that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString().replaceFirst("Values", "ModelInfo");
  }

  private record Values(
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
      String chatTemplate) {
    private Values {
      requireNonNull(description, "description");
      requireNonNull(architecture, "architecture");
      requireNonNull(name, "name");
      requireNonNull(chatTemplate, "chatTemplate");
    }
  }

  /** Builds {@link ModelInfo}. Not thread-safe. */
  public static final class Builder {
    private String description = "";
    private String architecture = "";
    private String name = "";
    private long parameters;
    private long sizeInBytes;
    private int vocabularySize;
    private int trainedContextSize;
    private int embeddingSize;
    private int layers;
    private int heads;
    private int kvHeads;
    private boolean canGenerate;
    private String chatTemplate = "";

    private Builder() {}

    /** See {@link ModelInfo#description()}. */
    public Builder description(String value) {
      description = value;
      return this;
    }

    /** See {@link ModelInfo#architecture()}. */
    public Builder architecture(String value) {
      architecture = value;
      return this;
    }

    /** See {@link ModelInfo#name()}. */
    public Builder name(String value) {
      name = value;
      return this;
    }

    /** See {@link ModelInfo#parameters()}. */
    public Builder parameters(long value) {
      parameters = value;
      return this;
    }

    /** See {@link ModelInfo#sizeInBytes()}. */
    public Builder sizeInBytes(long value) {
      sizeInBytes = value;
      return this;
    }

    /** See {@link ModelInfo#vocabularySize()}. */
    public Builder vocabularySize(int value) {
      vocabularySize = value;
      return this;
    }

    /** See {@link ModelInfo#trainedContextSize()}. */
    public Builder trainedContextSize(int value) {
      trainedContextSize = value;
      return this;
    }

    /** See {@link ModelInfo#embeddingSize()}. */
    public Builder embeddingSize(int value) {
      embeddingSize = value;
      return this;
    }

    /** See {@link ModelInfo#layers()}. */
    public Builder layers(int value) {
      layers = value;
      return this;
    }

    /** See {@link ModelInfo#heads()}. */
    public Builder heads(int value) {
      heads = value;
      return this;
    }

    /** See {@link ModelInfo#kvHeads()}. */
    public Builder kvHeads(int value) {
      kvHeads = value;
      return this;
    }

    /** See {@link ModelInfo#canGenerate()}. */
    public Builder canGenerate(boolean value) {
      canGenerate = value;
      return this;
    }

    /** See {@link ModelInfo#chatTemplate()}. */
    public Builder chatTemplate(String value) {
      chatTemplate = value;
      return this;
    }

    /** Builds the description. */
    public ModelInfo build() {
      return new ModelInfo(
          new Values(
              description,
              architecture,
              name,
              parameters,
              sizeInBytes,
              vocabularySize,
              trainedContextSize,
              embeddingSize,
              layers,
              heads,
              kvHeads,
              canGenerate,
              chatTemplate));
    }
  }
}
