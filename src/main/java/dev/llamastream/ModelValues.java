package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.internal.Check;
import java.util.List;

/** The values of {@link ModelParams} and their checks. */
record ModelValues(
    int gpuLayers,
    boolean memoryMap,
    boolean memoryLock,
    boolean vocabOnly,
    boolean checkTensors,
    boolean repackWeights,
    List<String> devices,
    int mainGpu,
    List<Double> tensorSplit,
    LoadListener progressListener) {
  ModelValues {
    Check.range("gpuLayers", gpuLayers, -1, Integer.MAX_VALUE);
    Check.range("mainGpu", mainGpu, -1, Integer.MAX_VALUE);
    devices = Check.listOf("devices", devices);
    tensorSplit = Check.listOf("tensorSplit", tensorSplit);
    for (double part : tensorSplit) {
      Check.range("tensorSplit", part, 0, Float.MAX_VALUE);
    }
    requireNonNull(progressListener, "progressListener");
  }
}
