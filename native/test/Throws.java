import dev.llamastream.fixture.TinyModel;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.llama_model_params;
import dev.llamastream.internal.bindings.ls_error;
import dev.llamastream.internal.natives.NativeError;
import dev.llamastream.internal.natives.NativeLibrary;
import dev.llamastream.internal.natives.NativePath;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.List;

/**
 * libllama catches each kind of C++ exception that another library throws, by its base type.
 *
 * @param arguments the library of throws.cpp
 */
void main(String[] arguments) {
  NativeLibrary.load();
  Path model = TinyModel.defaults().path();
  for (String kind :
      List.of(
          "bad_alloc",
          "length_error",
          "out_of_range",
          "invalid_argument",
          "runtime_error",
          "bad_function_call",
          "ios_failure",
          "system_error",
          "regex_error")) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment params = LibLlama.llama_model_default_params(arena);
      llama_model_params.progress_callback(
          params, SymbolLookup.libraryLookup(Path.of(arguments[0]), arena).findOrThrow("throws"));
      llama_model_params.progress_callback_user_data(params, arena.allocateFrom(kind));
      NativeError error = new NativeError(arena);
      LibLlama.ls_model_load(NativePath.allocate(arena, model), params, error.segment());
      // an exception that libllama did not know would have gone on to the barrier
      if (ls_error.kind(error.segment()) != LibLlama.LS_ERROR_REFUSED()
          || !error.message().contains("error loading model")) {
        throw new AssertionError(kind + ": " + error.message());
      }
      IO.println(kind + ": " + error.message().strip());
    }
  }
}
