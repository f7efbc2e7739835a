package dev.llamastream.store.internal.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.QuantizationType;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.Preference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FileChoiceTest {

  private static final List<String> BARTOWSKI =
      List.of(
          ".gitattributes",
          "README.md",
          "Llama-3.2-1B-Instruct-IQ3_M.gguf",
          "Llama-3.2-1B-Instruct-IQ4_XS.gguf",
          "Llama-3.2-1B-Instruct-Q3_K_L.gguf",
          "Llama-3.2-1B-Instruct-Q3_K_XL.gguf",
          "Llama-3.2-1B-Instruct-Q4_0.gguf",
          "Llama-3.2-1B-Instruct-Q4_0_4_4.gguf",
          "Llama-3.2-1B-Instruct-Q4_0_4_8.gguf",
          "Llama-3.2-1B-Instruct-Q4_0_8_8.gguf",
          "Llama-3.2-1B-Instruct-Q4_K_L.gguf",
          "Llama-3.2-1B-Instruct-Q4_K_M.gguf",
          "Llama-3.2-1B-Instruct-Q4_K_S.gguf",
          "Llama-3.2-1B-Instruct-Q5_K_L.gguf",
          "Llama-3.2-1B-Instruct-Q5_K_M.gguf",
          "Llama-3.2-1B-Instruct-Q6_K.gguf",
          "Llama-3.2-1B-Instruct-Q6_K_L.gguf",
          "Llama-3.2-1B-Instruct-Q8_0.gguf",
          "Llama-3.2-1B-Instruct-f16.gguf",
          "Llama-3.2-1B-Instruct.imatrix");

  private static final List<String> UNSLOTH =
      List.of(
          "BF16/Qwen3-30B-A3B-BF16-00001-of-00002.gguf",
          "BF16/Qwen3-30B-A3B-BF16-00002-of-00002.gguf",
          "Qwen3-30B-A3B-IQ4_NL.gguf",
          "Qwen3-30B-A3B-Q2_K_L.gguf",
          "Qwen3-30B-A3B-UD-IQ1_S.gguf",
          "Qwen3-30B-A3B-UD-Q4_K_XL.gguf",
          "Qwen3-30B-A3B-UD-Q8_K_XL.gguf",
          "imatrix_unsloth.gguf",
          "mmproj-F16.gguf");

  private static List<RepositoryFile> files(List<String> names) {
    List<RepositoryFile> files = new ArrayList<>();
    for (String name : names) {
      files.add(new RepositoryFile(name, 1_500_000_000L));
    }
    Collections.shuffle(files, new Random(1));
    return files;
  }

  private static List<String> choose(
      List<String> names, String wanted, Preference preference, QuantizationType... fast) {
    return new FileChoice("hf:o/r", files(names))
        .choose(wanted, preference, () -> Arrays.asList(fast)).stream()
            .map(RepositoryFile::path)
            .toList();
  }

  private static List<String> choose(List<String> names, String wanted) {
    return choose(names, wanted, Preference.BALANCED);
  }

  @ParameterizedTest
  @CsvSource({"BALANCED, Q4_K_M", "SPEED, Q4_0", "QUALITY, Q8_0", "MEMORY, Q3_K_L"})
  void thePreferenceDecidesIfTheNameDoesNotSay(Preference preference, String type) {
    assertThat(choose(BARTOWSKI, "", preference))
        .containsExactly("Llama-3.2-1B-Instruct-" + type + ".gguf");
  }

  @Test
  void speedTakesWhatThisProcessorRepacks() {
    assertThat(choose(BARTOWSKI, "", Preference.SPEED, QuantizationType.Q4_K_M))
        .containsExactly("Llama-3.2-1B-Instruct-Q4_K_S.gguf");
    assertThat(choose(BARTOWSKI, "", Preference.SPEED, QuantizationType.Q8_0))
        .containsExactly("Llama-3.2-1B-Instruct-Q8_0.gguf");
    assertThat(
            choose(UNSLOTH, "", Preference.SPEED, QuantizationType.Q2_K, QuantizationType.IQ4_NL))
        .containsExactly("Qwen3-30B-A3B-IQ4_NL.gguf");
    assertThat(choose(UNSLOTH, "", Preference.SPEED, QuantizationType.Q2_K))
        .containsExactly("Qwen3-30B-A3B-IQ4_NL.gguf");
  }

  @Test
  void theProcessorIsAskedOnlyForSpeed() {
    FileChoice choice = new FileChoice("hf:o/r", files(BARTOWSKI));

    assertThat(
            choice.choose(
                "",
                Preference.BALANCED,
                () -> {
                  throw new AssertionError("asked");
                }))
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "Q4_K_M, Llama-3.2-1B-Instruct-Q4_K_M.gguf",
    "q4_k_m, Llama-3.2-1B-Instruct-Q4_K_M.gguf",
    "Q4_0, Llama-3.2-1B-Instruct-Q4_0.gguf",
    "F16, Llama-3.2-1B-Instruct-f16.gguf",
    "FP16, Llama-3.2-1B-Instruct-f16.gguf",
    "Q6_K, Llama-3.2-1B-Instruct-Q6_K.gguf",
    "Llama-3.2-1B-Instruct-Q8_0.gguf, Llama-3.2-1B-Instruct-Q8_0.gguf",
    "llama-3.2-1b-instruct-q8_0.gguf, Llama-3.2-1B-Instruct-Q8_0.gguf"
  })
  void aQuantizationOrAPathIsTaken(String wanted, String file) {
    assertThat(choose(BARTOWSKI, wanted)).containsExactly(file);
  }

  @ParameterizedTest
  @CsvSource({
    "SmolLM2-135M-Instruct.Q4_1.gguf, Q4_1",
    "qwen2.5-0.5b-instruct-q4_k_m.gguf, Q4_K_M",
    "Phi-3-mini-4k-instruct-q4.gguf, Q4",
    "Phi-3-mini-4k-instruct-fp16.gguf, F16",
    "model.i1-IQ2_XXS.gguf, IQ2_XXS",
    "Qwen3-8B-UD-Q4_K_XL.gguf, UD-Q4_K_XL",
    "UD-Q4_K_XL/Kimi-00001-of-00003.gguf, UD-Q4_K_XL",
    "gpt-oss-20b-mxfp4.gguf, MXFP4",
    "gpt-oss-20b-MXFP4_MOE.gguf, MXFP4",
    "gemma-3-1b-it-bf16.gguf, BF16",
    "bge-m3-FP32.gguf, F32",
    "ggml-model-Q4_K_M-v2.gguf, Q4_K_M",
    "model-TQ1_0.gguf, TQ1_0",
    "a-Q4_0_8_8.gguf, Q4_0_8_8",
    "Model-IQ4_XS.gguf, IQ4_XS",
    "Model-IQ4_NL.gguf, IQ4_NL",
    "Model-Q8_K_XL.gguf, Q8_K_XL",
    "Model-Q6_K.gguf, Q6_K",
    "Qwen3-8B.gguf, ''",
    "Model-QAT.gguf, ''",
    "BQ4_0.gguf, ''"
  })
  void namesOfRealFilesAreUnderstood(String path, String type) {
    assertThat(QuantizationName.in(new RepositoryFile(path, 1)).orElse("")).isEqualTo(type);
  }

  @Test
  void aMarkedTypeIsFoundWithoutItsMark() {
    assertThat(choose(UNSLOTH, "Q4_K_XL")).containsExactly("Qwen3-30B-A3B-UD-Q4_K_XL.gguf");
    assertThat(choose(UNSLOTH, "UD-Q4_K_XL")).containsExactly("Qwen3-30B-A3B-UD-Q4_K_XL.gguf");
    assertThat(choose(List.of("a-UD-Q4_K_XL.gguf", "a-Q4_K_XL.gguf"), "Q4_K_XL"))
        .containsExactly("a-Q4_K_XL.gguf");
  }

  @Test
  void aWordOfTheNameIsFound() {
    List<String> names = List.of("model-Q4_K_M.gguf", "model-Q4_K_M-pure.gguf");

    assertThat(choose(names, "PURE")).containsExactly("model-Q4_K_M-pure.gguf");
    assertThat(choose(names, "Q4_K_M")).containsExactly("model-Q4_K_M.gguf");
    assertThatThrownBy(() -> choose(names, "PUR")).isInstanceOf(ModelStoreException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "BF16",
    "BF16/Qwen3-30B-A3B-BF16-00001-of-00002.gguf",
    "BF16/Qwen3-30B-A3B-BF16-00002-of-00002.gguf",
    "Qwen3-30B-A3B-BF16-00001-of-00002.gguf",
    "BF16/Qwen3-30B-A3B-BF16.gguf"
  })
  void allPartsOfASplitModelAreTakenInOrder(String wanted) {
    assertThat(choose(UNSLOTH, wanted))
        .containsExactly(
            "BF16/Qwen3-30B-A3B-BF16-00001-of-00002.gguf",
            "BF16/Qwen3-30B-A3B-BF16-00002-of-00002.gguf");
  }

  @Test
  void theFirstLevelOfFoldersComesFirst() {
    assertThat(choose(List.of("a/x-Q4_K_M.gguf", "long-name-Q4_K_M.gguf"), ""))
        .containsExactly("long-name-Q4_K_M.gguf");
  }

  @Test
  void aMissingPartIsNamed() {
    List<String> names = List.of("m-Q8_0-00001-of-00003.gguf", "m-Q8_0-00003-of-00003.gguf");

    for (String wanted : List.of("", "Q8_0", "m-Q8_0-00001-of-00003.gguf")) {
      assertThatThrownBy(() -> choose(names, wanted))
          .isInstanceOfSatisfying(
              ModelStoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND))
          .hasMessageContaining("part 2 of 3 is missing: m-Q8_0-00002-of-00003.gguf");
    }
  }

  @Test
  void aHugeNumberOfPartsIsOneOfMissingParts() {
    assertThatThrownBy(() -> choose(List.of("m-00000-of-99999.gguf"), ""))
        .hasMessageContaining("part 1 of 99999 is missing");
    assertThat(choose(List.of("m-Q8_0-00001-of-00001.gguf"), "Q8_0")).hasSize(1);
  }

  @Test
  void whatIsThereIsListedTheNearestFirst() {
    assertThatThrownBy(() -> choose(BARTOWSKI, "Q4_K_X"))
        .isInstanceOfSatisfying(
            ModelStoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND))
        .hasMessageContaining("hf:o/r has no Q4_K_X; it has Q4_K_L (1.5 GB), Q4_K_M")
        .hasMessageNotContaining("Q4_0_4_4");
    assertThatThrownBy(() -> choose(BARTOWSKI, "lama-3.2-1B-Instruct-Q8_0.gguf"))
        .hasMessageContaining("it has Llama-3.2-1B-Instruct-Q8_0.gguf (1.5 GB), ")
        .hasMessageContaining(" and 2 more");
  }

  @ParameterizedTest
  @EnumSource(Preference.class)
  void sideFilesAreNoModels(Preference preference) {
    List<String> names =
        List.of(
            "mmproj-model-f16.gguf",
            "model-mmproj-Q4_K_M.gguf",
            "mtp-model-Q4_K_M.gguf",
            "model-imatrix-Q4_K_M.gguf",
            "model-eagle3-Q8_0.gguf",
            "model-draft-Q4_K_M.gguf",
            "model-Q4_0_4_4.gguf",
            "model-Q4_K_M.gguf_part",
            "model-Q2_K.gguf");

    assertThat(choose(names, "", preference)).containsExactly("model-Q2_K.gguf");
  }

  @Test
  void aRepositoryOfDraftModelsHasModels() {
    assertThat(choose(List.of("M-DRAFT-0.5B-Q4_K_M.gguf", "M-DRAFT-0.5B-Q8_0.gguf"), ""))
        .containsExactly("M-DRAFT-0.5B-Q4_K_M.gguf");
  }

  @Test
  void whatCannotBeUsedIsRefusedEvenIfItIsAskedFor() {
    assertThatThrownBy(() -> choose(UNSLOTH, "mmproj-F16.gguf"))
        .isInstanceOfSatisfying(
            ModelStoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNSUPPORTED))
        .hasMessageContaining("is the image part of another model");
    for (String wanted : List.of("Q4_0_4_4", "Llama-3.2-1B-Instruct-Q4_0_4_4.gguf")) {
      assertThatThrownBy(() -> choose(BARTOWSKI, wanted))
          .isInstanceOf(ModelStoreException.class)
          .hasMessageContaining("take Q4_0");
    }
  }

  @Test
  void aRepositoryWithoutModelsSaysSo() {
    assertThatThrownBy(() -> choose(List.of("model.safetensors", "README.md"), ""))
        .hasMessageContaining("has no GGUF file");
    assertThatThrownBy(() -> choose(List.of(), "Q4_K_M")).hasMessageContaining("has no GGUF file");
    assertThatThrownBy(() -> choose(List.of(), "a.gguf")).hasMessageContaining("has no GGUF file");
    assertThatThrownBy(() -> choose(List.of("mmproj-F16.gguf"), ""))
        .hasMessageContaining("its mmproj-F16.gguf is the image part of another model");
  }

  @Test
  void aFileThatDoesNotSayWhatItIsIsTakenIfThereIsNoBetter() {
    assertThat(choose(List.of("model.gguf"), "")).containsExactly("model.gguf");
    assertThat(choose(List.of("model.gguf", "model-f16.gguf"), "")).containsExactly("model.gguf");
    assertThat(choose(List.of("model.gguf", "model-Q8_0.gguf"), ""))
        .containsExactly("model-Q8_0.gguf");
  }

  @Test
  void aPathThatNoNameCanHaveIsNoModel() {
    List<String> names =
        List.of(
            "../x-Q4_K_M.gguf",
            "/x-Q4_K_M.gguf",
            "a\\..\\x-Q4_K_M.gguf",
            "é-Q4_K_M.gguf",
            "x-Q2_K.gguf");

    assertThat(choose(names, "")).containsExactly("x-Q2_K.gguf");
    assertThat(new FileChoice("hf:o/r", files(names)).all())
        .containsExactly(List.of("x-Q2_K.gguf"));
  }
}
