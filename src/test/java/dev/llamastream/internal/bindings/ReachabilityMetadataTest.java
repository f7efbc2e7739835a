package dev.llamastream.internal.bindings;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.internal.natives.NativeLibrary;
import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the jar tells GraalVM's native-image is what the code does. */
class ReachabilityMetadataTest {

  private static final Path FILE =
      Path.of(
          "src/main/resources/META-INF/native-image/dev.llamastream/llamastream",
          "reachability-metadata.json");

  /** Downcalls that are not in the bindings, by the class that makes them. */
  private static final Set<String> OTHERS =
      Set.of(
          // WindowsLoader: GetProcAddress and LoadLibraryExW
          "{\"returnType\": \"void*\", \"parameterTypes\": [\"void*\", \"void*\"]}",
          "{\"returnType\": \"void*\", \"parameterTypes\": [\"void*\", \"void*\", \"int\"],"
              + " \"options\": {\"captureCallState\": true}}");

  private final Set<String> downcalls = new TreeSet<>(OTHERS);
  private final Set<String> upcalls = new TreeSet<>();
  private final Set<String> reflection = new TreeSet<>();

  /** Descriptors belong to symbols: without the libraries there are none. */
  @BeforeAll
  static void loadLibrary() {
    NativeLibrary.load();
  }

  @Test
  void itHasAllForeignCalls() throws Exception {
    for (Class<?> type : Bindings.classes()) {
      for (Method method : type.getDeclaredMethods()) {
        if (method.getName().equals("descriptor")) {
          String call = call((FunctionDescriptor) method.invoke(null));
          upcalls.add(call);
          downcalls.add(call); // the callback's own invoke
          reflection.add(callback(type));
        } else if (method.getName().endsWith("$descriptor")) {
          downcalls.add(call((FunctionDescriptor) method.invoke(null)));
        }
      }
    }
    assertThat(downcalls).hasSizeGreaterThan(40);
    Path expected = Path.of("target/reachability-metadata.json");
    Files.writeString(expected, metadata());

    assertThat(FILE)
        .as("replace it with %s", expected.toAbsolutePath())
        .hasContent(Files.readString(expected));
  }

  /** Calls elsewhere are in {@link #OTHERS}, and this is where they may be. */
  @Test
  void nobodyElseMakesForeignCalls() throws IOException {
    List<String> callers = new ArrayList<>();
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
        String text = Files.readString(source);
        if (text.contains("downcallHandle(") || text.contains("upcallStub(")) {
          callers.add(source.getFileName().toString());
        }
      }
    }
    assertThat(callers).isSubsetOf("WindowsLoader.java");
  }

  private String metadata() {
    return """
    {
      "reflection": [
        %s
      ],
      "resources": [
        {"glob": "META-INF/llamastream/native/**"},
        {"glob": "dev/llamastream/internal/natives/version.properties"}
      ],
      "foreign": {
        "downcalls": [
          %s
        ],
        "upcalls": [
          %s
        ]
      }
    }
    """
        .formatted(
            String.join(",\n    ", reflection),
            String.join(",\n      ", downcalls),
            String.join(",\n      ", upcalls));
  }

  /** The bindings look up the interface's only method by its name. */
  private static String callback(Class<?> type) {
    Class<?> function =
        Arrays.stream(type.getDeclaredClasses())
            .filter(nested -> nested.getSimpleName().equals("Function"))
            .findFirst()
            .orElseThrow();
    String parameters =
        Arrays.stream(function.getDeclaredMethods()[0].getParameterTypes())
            .map(parameter -> '"' + parameter.getName() + '"')
            .collect(joining(", "));
    return String.format(
        Locale.ROOT,
        "{\"type\": \"%s\", \"methods\": [{\"name\": \"apply\", \"parameterTypes\": [%s]}]}",
        function.getName(),
        parameters);
  }

  private static String call(FunctionDescriptor descriptor) {
    return String.format(
        Locale.ROOT,
        "{\"returnType\": \"%s\", \"parameterTypes\": [%s]}",
        descriptor.returnLayout().map(ReachabilityMetadataTest::type).orElse("void"),
        descriptor.argumentLayouts().stream()
            .map(layout -> '"' + type(layout) + '"')
            .collect(joining(", ")));
  }

  /** In native-image's language; only types that have the same size everywhere. */
  private static String type(MemoryLayout layout) {
    return switch (layout) {
      case AddressLayout _ -> "void*";
      case ValueLayout.OfBoolean _ -> "bool";
      case ValueLayout.OfByte _ -> "char";
      case ValueLayout.OfShort _ -> "short";
      case ValueLayout.OfInt _ -> "int";
      case ValueLayout.OfLong _ -> "long long";
      case ValueLayout.OfFloat _ -> "float";
      case ValueLayout.OfDouble _ -> "double";
      case PaddingLayout padding -> "padding(" + padding.byteSize() + ")";
      case SequenceLayout array ->
          "sequence(" + array.elementCount() + ", " + type(array.elementLayout()) + ")";
      case StructLayout struct ->
          struct.memberLayouts().stream()
              .map(ReachabilityMetadataTest::type)
              .collect(joining(", ", "struct(", ")"));
      default -> throw new AssertionError(layout);
    };
  }
}
