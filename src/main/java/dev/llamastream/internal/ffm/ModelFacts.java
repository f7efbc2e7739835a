package dev.llamastream.internal.ffm;

import dev.llamastream.gguf.GgmlType;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.gguf.GgufTensor;
import dev.llamastream.internal.prompt.CacheKey;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is known of a model from its files, and not from libllama.
 *
 * @param matrixTypes how its matrices are stored
 * @param cacheKey what cells are computed with by it
 */
public record ModelFacts(Set<GgmlType> matrixTypes, CacheKey cacheKey) {

  /** Of the files of a model, in their order. The same files under other names are the same. */
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
