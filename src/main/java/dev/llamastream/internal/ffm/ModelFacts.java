package dev.llamastream.internal.ffm;

import dev.llamastream.gguf.GgmlType;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.gguf.GgufTensor;
import dev.llamastream.internal.prompt.CacheKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Facts about a model that come from its files instead of libllama.
 *
 * @param matrixTypes how its matrices are stored
 * @param classifier whether it has the tensors of a classifier
 * @param cacheKey the key of the cells that the model computes
 * @param files the files as they are before they are loaded; empty if that is unknown
 */
public record ModelFacts(
    Set<GgmlType> matrixTypes, boolean classifier, CacheKey cacheKey, List<ModelFile> files) {

  /** Each architecture has one of them, or both: llama.cpp's LLM_TENSOR_CLS and CLS_OUT. */
  private static final Set<String> CLASSIFIERS = Set.of("cls.weight", "cls.output.weight");

  /**
   * Collects the facts from a model's files, in order. The same files under other names give the
   * same facts.
   */
  public static ModelFacts of(List<GgufFile> files) {
    Set<GgmlType> matrixTypes =
        files.stream()
            .flatMap(file -> file.tensors().stream())
            .filter(tensor -> tensor.dimensions().size() > 1)
            .map(GgufTensor::type)
            .collect(Collectors.toUnmodifiableSet());
    boolean classifier =
        files.stream()
            .flatMap(file -> file.tensors().stream())
            .anyMatch(tensor -> CLASSIFIERS.contains(tensor.name()));
    String headers = files.stream().map(GgufFile::headerHash).collect(Collectors.joining(" "));
    return new ModelFacts(matrixTypes, classifier, new CacheKey(headers), now(files));
  }

  private static List<ModelFile> now(List<GgufFile> files) {
    List<ModelFile> now = new ArrayList<>();
    try {
      for (GgufFile file : files) {
        now.add(ModelFile.now(file.path()));
      }
    } catch (IOException e) {
      return List.of();
    }
    return now;
  }
}
