package dev.llamastream.server.internal.openai;

import dev.llamastream.NativeInfo;

/** What computes the responses. The same seed may give another text where it is another. */
final class Fingerprint {

  /** The value of {@code system_fingerprint}. */
  static final String VALUE = "llama.cpp-" + NativeInfo.load().llamaVersion();

  private Fingerprint() {}
}
