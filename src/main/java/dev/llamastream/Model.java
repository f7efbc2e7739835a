package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.chat.ChatRequest;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.gguf.ModelCheck;
import dev.llamastream.internal.chat.PreparedChat;
import dev.llamastream.internal.events.ModelLoadEvent;
import dev.llamastream.internal.ffm.LeakReport;
import dev.llamastream.internal.ffm.ModelAccess;
import dev.llamastream.internal.ffm.ModelFacts;
import dev.llamastream.internal.ffm.ModelHandle;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A loaded model: weights, vocabulary and metadata. Thread-safe. Any number of {@link Context}s and
 * {@link Embedder}s can share one model. Closing the model closes them.
 *
 * @since 0.1.0
 */
public final class Model implements AutoCloseable {

  static {
    ModelAccess.provide(model -> ((Model) model).handle);
  }

  // the prompt's length in bytes is an int
  private final ModelHandle handle;
  private final ModelInfo info;
  private final Map<String, String> metadata;
  private final Tokenizer tokenizer;
  private final LeakReport leakReport;

  private Model(ModelHandle handle, List<GgufFile> files) {
    GgufFile file = files.getFirst();
    this.handle = handle;
    this.info = handle.info();
    this.metadata = inOrder(handle.metadata(), file.metadata().keySet());
    this.tokenizer = new ModelTokenizer(handle);
    this.leakReport = LeakReport.watch(this, "Model " + file.path());
  }

  /** Sorts the metadata in the file's order: libllama does not keep it. */
  private static Map<String, String> inOrder(Map<String, String> values, Set<String> keys) {
    Map<String, String> ordered = new LinkedHashMap<>();
    for (String key : keys) {
      String value = values.get(key);
      if (value != null) {
        ordered.put(key, value);
      }
    }
    return Collections.unmodifiableMap(ordered);
  }

  /** Loads a GGUF file with all defaults: {@link #load(Path, ModelParams)}. */
  public static Model load(Path path) {
    return load(path, ModelParams.defaults());
  }

  /**
   * Loads a GGUF file. If the model is split into several files, pass the first.
   *
   * @throws ModelLoadException if it cannot be loaded
   * @throws NativeLibraryException if the native libraries cannot be loaded
   */
  public static Model load(Path path, ModelParams params) {
    requireNonNull(path, "path");
    requireNonNull(params, "params");
    ModelLoadEvent event = new ModelLoadEvent();
    event.begin();
    List<GgufFile> files = GgufFile.readAll(path);
    ModelCheck.check(files, params.vocabOnly());
    ModelHandle handle = ModelHandle.load(path.toAbsolutePath(), params, ModelFacts.of(files));
    Model model = new Model(handle, files);
    event.loaded(path.toString(), model.info().sizeInBytes());
    KernelRemark.log(files, params, model.info().layers());
    return model;
  }

  /**
   * Loads a GGUF file on a thread of its own. Cancelling the future stops the load. If the load has
   * already finished, cancelling closes the model.
   *
   * @return completes with the model, or exceptionally as {@link #load(Path, ModelParams)} throws
   */
  public static CompletableFuture<Model> loadAsync(Path path, ModelParams params) {
    requireNonNull(path, "path");
    requireNonNull(params, "params");
    CompletableFuture<Model> future = new CompletableFuture<>();
    LoadListener listener = params.progressListener();
    ModelParams cancellable =
        params.toBuilder()
            .progressListener(fraction -> !future.isCancelled() && listener.onProgress(fraction))
            .build();
    Thread.ofPlatform()
        .daemon()
        .name("llamastream-load")
        .start(() -> completeWithModel(future, path, cancellable));
    return future;
  }

  @SuppressWarnings("CatchThrowable") // completes the future
  private static void completeWithModel(
      CompletableFuture<Model> future, Path path, ModelParams params) {
    try {
      Model model = load(path, params);
      if (!future.complete(model)) {
        model.close();
      }
    } catch (Throwable e) {
      future.completeExceptionally(e);
    }
  }

  /**
   * Quantizes a model, for instance to {@link QuantizationType#Q4_0}: {@link #quantize(Path, Path,
   * QuantizeParams)} with this type and this listener, and the defaults otherwise.
   */
  public static void quantize(
      Path source, Path target, QuantizationType type, QuantizeListener listener) {
    quantize(
        source, target, QuantizeParams.builder().type(type).progressListener(listener).build());
  }

  /**
   * Writes a model with its weights stored another way, which takes less memory and is often
   * faster. The target appears when it is complete. If this fails or is stopped, nothing is left.
   *
   * <p>Any number of threads may quantize while models are in use. A quantization takes up to some
   * 300 MiB of memory and the given number of threads. It stops between two tensors only.
   *
   * @param source a GGUF file; if the model is split into several files, the first
   * @param target one file, in a directory that exists; it must not exist itself
   * @throws ModelLoadException if the source is not a model that llama.cpp can load
   * @throws InvalidValueException if the source is quantized already, and {@link
   *     QuantizeParams#allowRequantize()} is false
   * @throws QuantizationException if the target exists or cannot be written, or if llama.cpp cannot
   *     quantize the source
   * @throws java.util.concurrent.CancellationException if the listener stops it, or the thread is
   *     interrupted (its interrupt status stays set)
   * @throws NativeLibraryException if the native libraries cannot be loaded
   */
  public static void quantize(Path source, Path target, QuantizeParams params) {
    requireNonNull(source, "source");
    requireNonNull(target, "target");
    requireNonNull(params, "params");
    Quantization.run(source, target, params);
  }

  ModelHandle handle() {
    return handle;
  }

  /** The model's description of itself. Also works after close. */
  public ModelInfo info() {
    return info;
  }

  /**
   * The file's scalar metadata as text, in the file's order. Unmodifiable. Also works after close.
   */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** The model's tokenizer. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /**
   * The prompt that {@link Generator#chat(ChatRequest)} makes of a chat, as text: what the model's
   * chat template, {@link ModelInfo#chatTemplate()}, says of the messages. If the tokenizer adds a
   * token at the beginning, the prompt does not show it.
   *
   * @throws ChatTemplateException if the model has no chat template, or the template refuses the
   *     messages, takes too long or too much memory
   * @throws java.util.concurrent.CancellationException if the thread is interrupted (its interrupt
   *     status stays set), or the request times out
   * @throws IllegalStateException if the model is closed
   */
  public String applyChatTemplate(ChatRequest request) {
    requireNonNull(request, "request");
    handle.lifetime().acquire();
    try {
      return PreparedChat.prompt(request, handle);
    } finally {
      handle.lifetime().release();
    }
  }

  /**
   * The prompt that {@link Generator#chat(ChatRequest)} makes of a chat, as the tokens that the
   * model gets.
   *
   * @throws ChatTemplateException as {@link #applyChatTemplate}
   * @throws java.util.concurrent.CancellationException as {@link #applyChatTemplate}
   * @throws IllegalStateException if the model is closed
   */
  public int[] chatTokens(ChatRequest request) {
    requireNonNull(request, "request");
    handle.lifetime().acquire();
    try {
      return PreparedChat.tokens(request, handle);
    } finally {
      handle.lifetime().release();
    }
  }

  /**
   * Closes every context and every embedder of this model, waits until no thread is inside native
   * code, and frees the memory. Open streams end with {@link FinishReason#CANCELLED}. Any thread
   * may call it, any number of times.
   */
  @Override
  public void close() {
    leakReport.closed();
    handle.close();
  }
}
