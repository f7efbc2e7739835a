package dev.llamastream.examples;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Runs all examples that need no input, one after another. */
public final class Demo {

  private Demo() {}

  /** Takes the path of a model; without it, uses the default model. */
  public static void main(String... args) {
    Map<String, Consumer<String[]>> examples = new LinkedHashMap<>();
    examples.put("Console streaming", ConsoleStreaming::main);
    examples.put("Streaming with stats", StreamingWithStats::main);
    examples.put("Temperature comparison", TemperatureComparison::main);
    examples.put("Early stopping", EarlyStopping::main);
    examples.put("Cancellation", Cancellation::main);
    examples.put("Published chat", PublishedChat::main);
    examples.put("Reactor streaming", ReactorStreaming::main);
    examples.put("RxJava streaming", RxJavaStreaming::main);
    examples.put("Tool calling", ToolCalling::main);
    examples.put("Structured answer", StructuredAnswer::main);
    examples.forEach(
        (title, example) -> {
          System.out.println("=== " + title + " ===");
          example.accept(args);
          System.out.println();
        });
  }
}
