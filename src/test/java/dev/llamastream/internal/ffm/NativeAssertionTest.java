package dev.llamastream.internal.ffm;

import static dev.llamastream.internal.bindings.LibLlama.C_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.ContextParams;
import dev.llamastream.GenerationException;
import dev.llamastream.ModelParams;
import dev.llamastream.NativeAssertionException;
import dev.llamastream.SamplerParams;
import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.fixture.Prompts;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.llama_batch;
import dev.llamastream.internal.bindings.llama_context_params;
import dev.llamastream.internal.bindings.ls_error;
import dev.llamastream.internal.natives.NativeError;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real assertions of libllama, forced past the checks that keep them out of reach, all in one JVM:
 * each comes back as an error, and model and other contexts go on.
 */
class NativeAssertionTest {

  private static final ContextParams PARAMS =
      ContextParams.builder().contextSize(512).batchSize(64).threads(2).batchThreads(2).build();
  private static final int UNKNOWN_SEQUENCE = 10_000;

  private final Arena arena = Arena.ofConfined();
  private final NativeError error = new NativeError(arena);
  private ModelHandle model;
  private ContextHandle context;
  private ContextHandle bystander;

  @TempDir private Path directory;

  @BeforeEach
  void open() {
    model =
        ModelHandle.load(
            TinyModel.defaultPath(),
            ModelParams.defaults(),
            new ModelFacts(Set.of(), false, Prompts.KEY, List.of()));
    context = ContextHandle.open(model, PARAMS);
    bystander = ContextHandle.open(model, PARAMS);
  }

  @AfterEach
  void othersGoOnAndAllCloses() {
    bystander.enter();
    assertThat(bystander.decode(ByteVocabulary.BEGIN)).isTrue();
    SamplerHandle sampler =
        bystander.newSampler(SamplerParams.greedy(), null, new int[0], Duration.ZERO);
    assertThat(sampler.sample(bystander, -1)).isBetween(0, model.vocab().size() - 1);
    bystander.exit();
    context.close();
    model.close();
    arena.close();
  }

  private void assertAsserted(String message) {
    assertThat(ls_error.kind(error.segment())).isEqualTo(LibLlama.LS_ERROR_ASSERTION());
    assertThat(error.message()).contains("GGML_ASSERT").contains(message);
  }

  private int decode(Consumer<MemorySegment> fill) {
    MemorySegment batch = llama_batch.allocate(arena);
    llama_batch.n_tokens(batch, 1);
    llama_batch.token(batch, arena.allocateFrom(C_INT, new int[256]));
    fill.accept(batch);
    return LibLlama.ls_decode(context.segment(), batch, error.segment());
  }

  @Test
  void batchLargerThanTheContextTakes() {
    assertThat(decode(batch -> llama_batch.n_tokens(batch, 65))).isEqualTo(LibLlama.LS_FAILED());
    assertAsserted("n_tokens_all <= cparams.n_batch");
  }

  @Test
  void batchOfNothing() {
    assertThat(decode(batch -> llama_batch.token(batch, MemorySegment.NULL)))
        .isEqualTo(LibLlama.LS_FAILED());
    assertAsserted("batch_inp.token || batch_inp.embd");
  }

  @Test
  void batchOfANegativeNumberOfTokens() {
    assertThat(decode(batch -> llama_batch.n_tokens(batch, -1))).isEqualTo(LibLlama.LS_FAILED());
    assertAsserted("batch.n_tokens > 0");
  }

  @Test
  void removalFromAnUnknownSequence() {
    assertThat(
            LibLlama.ls_memory_seq_rm(context.segment(), UNKNOWN_SEQUENCE, 0, -1, error.segment()))
        .isEqualTo(LibLlama.LS_FAILED());
    assertAsserted("seq_id");
  }

  @Test
  void shiftOfAnUnknownSequence() {
    assertThat(
            LibLlama.ls_memory_seq_add(
                context.segment(), UNKNOWN_SEQUENCE, 0, -1, 1, error.segment()))
        .isEqualTo(LibLlama.LS_FAILED());
    assertAsserted("seq_id");
  }

  @Test
  void moreOutputsThanTheContextWasMadeFor() {
    MemorySegment all = arena.allocate(64);
    all.fill((byte) 1);
    assertThat(
            decode(
                batch -> {
                  llama_batch.n_tokens(batch, 64);
                  llama_batch.logits(batch, all);
                }))
        .isEqualTo(LibLlama.LS_FAILED());
    assertAsserted("n_outputs_max");
  }

  @Test
  void unknownPooling() {
    MemorySegment params = LibLlama.llama_context_default_params(arena);
    llama_context_params.n_ctx(params, 256);
    llama_context_params.embeddings(params, true);
    llama_context_params.pooling_type(params, 77);
    assertThat(LibLlama.ls_context_new(model.segment(), params, error.segment()))
        .isEqualTo(MemorySegment.NULL);
    assertThat(error.message()).contains("unknown pooling type");
  }

  @Test
  void tokenizingWithoutAVocabulary() throws IOException {
    byte[] gguf = TinyModel.defaults().gguf().toByteArray();
    String latin = new String(gguf, StandardCharsets.ISO_8859_1);
    // the tokenizer's name: 5 bytes, length before it
    int name = latin.indexOf("tokenizer.ggml.model") + "tokenizer.ggml.model".length() + 4 + 8;
    assertThat(latin.substring(name, name + 5)).isEqualTo("llama");
    System.arraycopy("no_vo".getBytes(StandardCharsets.ISO_8859_1), 0, gguf, name, 5);
    Path file = Files.write(directory.resolve("tokenizer.gguf"), gguf);
    assertThat(
            LibLlama.ls_model_load(
                arena.allocateFrom(file.toString()),
                LibLlama.llama_model_default_params(arena),
                error.segment()))
        .isEqualTo(MemorySegment.NULL);
    assertThat(error.message()).contains("unknown tokenizer");
  }

  @Test
  void stateIntoAnUnknownSequence() {
    context.enter();
    MemorySegment state = context.kvCache().save(arena);
    context.exit();
    assertThat(
            LibLlama.ls_state_set(
                context.segment(), UNKNOWN_SEQUENCE, state, state.byteSize(), error.segment()))
        .isZero();
    assertThat(error.message()).contains("GGML_ASSERT");
  }

  @Test
  void logitsOfARowThatHasNone() {
    context.enter();
    assertThat(context.decode(ByteVocabulary.BEGIN)).isTrue();
    context.exit();
    assertThat(LibLlama.ls_logits(context.segment(), 3, error.segment()))
        .isEqualTo(MemorySegment.NULL);
    assertThat(error.message()).contains("invalid logits id 3");
  }

  @Test
  void refusalPoisonsNothing() {
    context.enter();
    assertThatThrownBy(() -> context.decode(1 << 30))
        .isInstanceOf(GenerationException.class)
        .hasMessageContaining("invalid token");
    assertThat(context.decode(ByteVocabulary.BEGIN)).isTrue();
    context.exit();
  }

  @Test
  void assertionPoisonsTheContext() {
    context.enter();
    assertThatThrownBy(() -> Probe.decodeTooMany(context))
        .isInstanceOf(NativeAssertionException.class)
        .hasMessageContaining("n_tokens_all <= cparams.n_batch");
    context.exit();
    assertThatThrownBy(context::enter)
        .isInstanceOf(GenerationException.class)
        .hasMessageContaining("can only be closed");
  }
}
