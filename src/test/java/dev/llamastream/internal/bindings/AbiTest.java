package dev.llamastream.internal.bindings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.internal.natives.NativeLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bindings and the headers they were made from say the same: a C++ program compiled from the
 * headers prints each struct, function and constant that the bindings have. Needs a C++ compiler
 * ({@code CXX}, or {@code c++}), as the build does, but no jextract.
 */
class AbiTest {

  private static final String ADVICE =
      "bindings and headers differ: run native/generate-bindings.sh and review what it changes";

  private static final Path SHIM = Path.of("native", "shim");

  private static final String PROBE_HEAD =
      """
      #include <cstddef>
      #include <cstdio>
      #include <string>
      #include <type_traits>
      #include "llamastream.h"

      template <class T> struct name_of;
      #define NAME(T) template <> struct name_of<T> { static constexpr auto value = #T; };
      """;

  private static final String PROBE_FUNCTIONS =
      """
      template <class T> std::string text() {
          const std::string bits = std::to_string(8 * sizeof(std::conditional_t<std::is_void_v<T>, char, T>));
          if constexpr (std::is_void_v<T>) return "void";
          else if constexpr (std::is_pointer_v<T>) return "ptr";
          else if constexpr (std::is_same_v<T, bool>) return "bool";
          else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) return "i" + bits;
          else if constexpr (std::is_floating_point_v<T>) return "f" + bits;
          else if constexpr (std::is_array_v<T>)
              return text<std::remove_extent_t<T>>() + "[" + std::to_string(std::extent_v<T>) + "]";
          else return name_of<T>::value;
      }

      template <class F> struct signature;
      template <class R, class... A> struct signature<R(A...)> {
          static std::string text() {
              std::string arguments;
              ((arguments += (arguments.empty() ? "" : ",") + ::text<A>()), ...);
              return ::text<R>() + "(" + arguments + ")";
          }
      };

      template <class T> std::string layout() {
          return std::to_string(sizeof(T)) + " aligned " + std::to_string(alignof(T));
      }

      #define FIELD(T, f) (text<decltype(T::f)>() + " at " + std::to_string(offsetof(T, f)))

      static void print(const char * name, const std::string & value) {
          std::printf("%s=%s\\n", name, value.c_str());
      }

      """;

  @TempDir Path directory;

  /** Descriptors belong to symbols: without the libraries there are none. */
  @BeforeAll
  static void loadLibrary() {
    NativeLibrary.load();
  }

  @Test
  void bindingsAgreeWithTheHeaders() throws Exception {
    assertThat(bindings()).hasSizeGreaterThan(150);
    assertThat(differences(include(llamaSource()))).as(ADVICE).isEmpty();
  }

  /** The gate is worth something only if it notices. */
  @Test
  void changedHeadersAreNoticed() throws Exception {
    Path changed = Files.createDirectory(directory.resolve("include"));
    for (Path original : include(llamaSource())) {
      try (Stream<Path> files = Files.list(original)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".h")).toList()) {
          Files.copy(file, changed.resolve(file.getFileName()));
        }
      }
    }
    change(changed, "llama.h", "uint32_t n_ctx;", "uint64_t n_ctx;");
    change(changed, "llama.h", "bool vocab_only;", "bool more; bool vocab_only;");
    change(changed, "llama.h", "int32_t      *  n_seq_id;", "int32_t * n_seq_id; int more;");
    change(changed, "llama.h", "llama_n_ctx      (const", "llama_n_ctx(bool, const");
    change(changed, "llama.h", "LLAMA_SPLIT_MODE_LAYER  = 1", "LLAMA_SPLIT_MODE_LAYER = 5");
    change(changed, "ggml.h", "GGML_TYPE_F16     = 1,", "GGML_TYPE_F16 = 44,");
    change(changed, "llamastream.h", "message[2044]", "message[2040]");
    change(changed, "llamastream.h", "int32_t ls_decode(", "int64_t ls_decode(");
    change(
        changed, "llama.h", "(*llama_progress_callback)(float", "(*llama_progress_callback)(int");

    assertThat(differences(List.of(changed)))
        .contains(
            "struct llama_context_params.n_ctx: i32 at 0 in Java, i64 at 0 in C",
            "struct llama_model_params.vocab_only: bool at 72 in Java, bool at 73 in C",
            "struct llama_batch: 56 aligned 8 in Java, 64 aligned 8 in C",
            "function llama_n_ctx: i32(ptr) in Java, i32(bool,ptr) in C",
            "constant LLAMA_SPLIT_MODE_LAYER: 1 in Java, 5 in C",
            "constant GGML_TYPE_F16: 1 in Java, 44 in C",
            "struct ls_error.message: i8[2044] at 4 in Java, i8[2040] at 4 in C",
            "function ls_decode: i32(ptr,ptr,ptr) in Java, i64(ptr,ptr,ptr) in C",
            "callback llama_progress_callback: bool(f32,ptr) in Java, bool(i32,ptr) in C");
  }

  private static void change(Path directory, String header, String from, String to)
      throws IOException {
    Path file = directory.resolve(header);
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
  }

  /** Finds also what the bindings do not have yet. */
  @Test
  void headersAreThePinnedOnes() throws Exception {
    Path root = llamaSource();
    // a make rule: "llamastream.o: header header ..."
    String rule = compile(include(root), "-MM", SHIM.resolve("llamastream.h").toString());
    List<String> sums = new ArrayList<>();
    for (String word : rule.substring(rule.indexOf(':') + 1).replace("\\\n", "").split("\\s+")) {
      if (!word.isEmpty()) {
        Path header = Path.of(word);
        Path name = header.startsWith(root) ? root.relativize(header) : header;
        sums.add(sha256(header) + "  " + name.toString().replace('\\', '/'));
      }
    }
    assertThat(sums).as(ADVICE).containsExactlyInAnyOrderElementsOf(pinned());
  }

  private static List<String> pinned() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(AbiTest.class.getResourceAsStream("headers.sha256"))) {
      return new String(in.readAllBytes(), UTF_8).lines().toList();
    }
  }

  private static String sha256(Path file) throws Exception {
    byte[] content = Files.readAllBytes(file);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
  }

  /** long has 32 bits on Windows: these bindings serve every platform only without it. */
  @Test
  void bindingsDoNotKnowTheTypeLong() {
    assertThat(LibLlama.class.getFields()).extracting("name").doesNotContain("C_LONG");
  }

  private static Path llamaSource() {
    Path source =
        Path.of(System.getProperty("llamastream.llama.source", "target/native/llama.cpp"));
    assertThat(source.resolve("include/llama.h")).as("llama.cpp's source, got by a build").exists();
    return source;
  }

  private static List<Path> include(Path llamaSource) {
    return List.of(llamaSource.resolve("include"), llamaSource.resolve("ggml/include"), SHIM);
  }

  private List<String> differences(List<Path> include) throws Exception {
    Map<String, String> java = bindings();
    Map<String, String> c = headers(java.keySet(), include);
    TreeSet<String> names = new TreeSet<>(java.keySet());
    names.addAll(c.keySet());
    return names.stream()
        .filter(name -> !Objects.equals(java.get(name), c.get(name)))
        .map(
            name ->
                String.format(
                    Locale.ROOT, "%s: %s in Java, %s in C", name, java.get(name), c.get(name)))
        .toList();
  }

  /**
   * What the bindings say, by "constant NAME", "function NAME", "struct NAME.FIELD" and the like.
   */
  private static Map<String, String> bindings() throws Exception {
    Map<String, String> all = new TreeMap<>();
    for (Class<?> type : Bindings.classes()) {
      for (Method method : type.getDeclaredMethods()) {
        String name = method.getName();
        if (name.equals("layout")) {
          putStruct(all, type.getSimpleName(), (GroupLayout) method.invoke(null));
        } else if (name.equals("descriptor")) {
          all.put("callback " + type.getSimpleName(), signature(method.invoke(null)));
        } else if (name.endsWith("$descriptor")) {
          all.put("function " + name.replace("$descriptor", ""), signature(method.invoke(null)));
        } else if (type == LibLlama.class && name.equals(name.toUpperCase(Locale.ROOT))) {
          all.put("constant " + name, method.invoke(null).toString());
        }
      }
    }
    return all;
  }

  private static void putStruct(Map<String, String> all, String name, GroupLayout struct) {
    all.put("struct " + name, struct.byteSize() + " aligned " + struct.byteAlignment());
    long offset = 0;
    for (MemoryLayout field : struct.memberLayouts()) {
      if (!(field instanceof PaddingLayout)) {
        all.put("struct " + name + "." + field.name().orElseThrow(), text(field) + " at " + offset);
      }
      offset += field.byteSize();
    }
  }

  private static String signature(Object descriptor) {
    FunctionDescriptor function = (FunctionDescriptor) descriptor;
    return function.returnLayout().map(AbiTest::text).orElse("void")
        + function.argumentLayouts().stream().map(AbiTest::text).collect(joining(",", "(", ")"));
  }

  private static String text(MemoryLayout layout) {
    return switch (layout) {
      case AddressLayout _ -> "ptr";
      case ValueLayout.OfBoolean _ -> "bool";
      case ValueLayout.OfFloat _ -> "f32";
      case ValueLayout.OfDouble _ -> "f64";
      case SequenceLayout array -> text(array.elementLayout()) + "[" + array.elementCount() + "]";
      case GroupLayout struct -> struct.name().orElseThrow();
      default -> "i" + 8 * layout.byteSize();
    };
  }

  /** What the headers say of the same. */
  private Map<String, String> headers(Set<String> keys, List<Path> include) throws Exception {
    StringBuilder names = new StringBuilder();
    StringBuilder main = new StringBuilder("int main() {\n");
    for (String key : keys) {
      String name = key.substring(key.indexOf(' ') + 1);
      int dot = name.indexOf('.');
      String value;
      if (key.startsWith("constant")) {
        value = String.format(Locale.ROOT, "std::to_string(%s)", name);
      } else if (key.startsWith("function")) {
        value = String.format(Locale.ROOT, "signature<decltype(%s)>::text()", name);
      } else if (key.startsWith("callback")) {
        value = String.format(Locale.ROOT, "signature<std::remove_pointer_t<%s>>::text()", name);
      } else if (dot < 0) {
        names.append(String.format(Locale.ROOT, "NAME(%s)\n", name));
        value = String.format(Locale.ROOT, "layout<%s>()", name);
      } else {
        String struct = name.substring(0, dot);
        value = String.format(Locale.ROOT, "FIELD(%s, %s)", struct, name.substring(dot + 1));
      }
      main.append(String.format(Locale.ROOT, "print(\"%s\", %s);\n", key, value));
    }
    Path source = directory.resolve("probe.cpp");
    Path program = directory.resolve("probe");
    Files.writeString(source, PROBE_HEAD + names + PROBE_FUNCTIONS + main + "}\n");
    compile(include, source.toString(), "-o", program.toString());
    return run(List.of(program.toString()))
        .lines()
        .map(line -> line.split("=", 2))
        .collect(Collectors.toMap(line -> line[0], line -> line[1]));
  }

  private static String compile(List<Path> include, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(System.getenv().getOrDefault("CXX", "c++"));
    command.add("-std=c++17");
    include.forEach(path -> command.addAll(List.of("-I", path.toString())));
    command.addAll(List.of(arguments));
    return run(command);
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as("%s%n%s", command, output).isZero();
    return output;
  }
}
