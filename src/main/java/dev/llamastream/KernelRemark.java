package dev.llamastream;

import dev.llamastream.gguf.GgufFile;
import dev.llamastream.internal.ffm.Devices;
import java.lang.System.Logger.Level;
import java.util.List;

/** Says in the log, when a model was loaded, that another type would be faster. */
final class KernelRemark {

  private KernelRemark() {}

  /** Logs one line at most. */
  static void log(List<GgufFile> files, ModelParams params, int layers) {
    System.Logger logger = System.getLogger("dev.llamastream.native");
    if (params.vocabOnly() || !params.repackWeights() || !logger.isLoggable(Level.INFO)) {
      return;
    }
    String advice = CpuKernels.of(files, layersOnCpu(params, layers)).advice();
    if (!advice.isEmpty()) {
      logger.log(Level.INFO, files.getFirst().path() + ": " + advice);
    }
  }

  /** llama.cpp offloads the output first, then the layers from the last one on. */
  private static int layersOnCpu(ModelParams params, int layers) {
    int offloaded = params.gpuLayers();
    if (offloaded == 0 || !Devices.hasGpu(params.devices())) {
      return layers;
    }
    return offloaded < 0 ? 0 : Math.clamp(layers + 1L - offloaded, 0, layers);
  }
}
