package dev.llamastream.internal.ffm;

import dev.llamastream.internal.bindings.LibLlama;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The devices of the loaded backends. */
public final class Devices {

  private Devices() {}

  /** All names, for instance {@code CUDA0} and {@code CPU}. */
  public static List<String> names() {
    return all().stream().map(Devices::name).toList();
  }

  /** The features of all backends: which instructions the CPU backend uses, for instance. */
  public static synchronized String features() {
    return LibLlama.llama_print_system_info().getString(0);
  }

  /**
   * Whether one of these devices is a GPU.
   *
   * @param names empty for all devices
   */
  public static boolean hasGpu(List<String> names) {
    return all().stream()
        .filter(device -> names.isEmpty() || names.contains(name(device)))
        .anyMatch(Devices::isGpu);
  }

  static List<MemorySegment> all() {
    long count = LibLlama.ggml_backend_dev_count();
    List<MemorySegment> devices = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      devices.add(LibLlama.ggml_backend_dev_get(i));
    }
    return devices;
  }

  static String name(MemorySegment device) {
    return LibLlama.ggml_backend_dev_name(device).getString(0);
  }

  static boolean isGpu(MemorySegment device) {
    int type = LibLlama.ggml_backend_dev_type(device);
    return type == LibLlama.GGML_BACKEND_DEVICE_TYPE_GPU()
        || type == LibLlama.GGML_BACKEND_DEVICE_TYPE_IGPU();
  }
}
