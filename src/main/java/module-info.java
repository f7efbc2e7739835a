/**
 * Streaming LLM inference embedded in the JVM, over llama.cpp.
 *
 * <p>Needs {@code --enable-native-access=dev.llamastream} on the module path, {@code
 * --enable-native-access=ALL-UNNAMED} on the class path.
 */
module dev.llamastream {
  requires jdk.jfr;
  requires static transitive org.jspecify;

  exports dev.llamastream;
  exports dev.llamastream.gguf;
  exports dev.llamastream.spi;
  exports dev.llamastream.chat;
  exports dev.llamastream.engine;

  uses dev.llamastream.spi.NativeBundle;
}
