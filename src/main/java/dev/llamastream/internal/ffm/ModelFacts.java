package dev.llamastream.internal.ffm;

import dev.llamastream.gguf.GgmlType;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.gguf.GgufTensor;
import dev.llamastream.internal.prompt.CacheKey;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Facts about a model that come from its files instead of libllama.
 *
 * @param matrixTypes how its matrices are stored
 * @param cacheKey the key of the cells that the model computes
 */
public record ModelFacts(Set<GgmlType> matrixTypes, CacheKey cacheKey) {

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
    String headers = files.stream().map(GgufFile::headerHash).collect(Collectors.joining(" "));
    return new ModelFacts(matrixTypes, new CacheKey(headers));
  }
}
