package dev.llamastream.internal.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.GenerationException;
import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.chat.ChatAnswer;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.Tool;
import dev.llamastream.internal.ffm.ChatFormat;
import dev.llamastream.internal.ffm.ModelAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a model says is read, on threads with small stacks. */
@Timeout(120)
class ChatParserFuzzTest {

  private static final Path TEMPLATES =
      Path.of("target", "native", "llama.cpp", "models", "templates");

  private static final int SMALL_STACK = 512 << 10;

  private static final List<String> PIECES =
      List.of(
          "<tool_call>",
          "</tool_call>",
          "\n",
          "{\"name\": \"first\", \"arguments\": ",
          "{",
          "}",
          "[",
          "]",
          "\"",
          ":",
          ",",
          "1",
          "true",
          "hello",
          "<think>",
          "</think>",
          "<function=first>",
          "</function>",
          "<parameter=a>",
          "</parameter>",
          "[TOOL_CALLS]",
          "<|python_tag|>",
          "😀",
          "日本",
          "\\",
          "\\u12",
          "<",
          ">",
          "{\"a\": \"b\"}",
          "<|channel|>",
          "<|message|>",
          "first");

  private static Model model;

  @BeforeAll
  static void load() {
    model =
        Model.load(
            Path.of("models", "SmolLM2-135M-Instruct.Q4_1.gguf"),
            ModelParams.builder().vocabOnly(true).build());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static ChatFormat format(String template) throws IOException {
    ChatRequest request =
        ChatRequest.builder(ChatMessage.user("hello"))
            .template(Files.readString(TEMPLATES.resolve(template + ".jinja")))
            .tools(
                Tool.of("first", "", "{\"type\":\"object\",\"properties\":{\"a\":{}}}"),
                Tool.of("second", "", "{\"type\":\"object\"}"))
            .parallelToolCalls(true)
            .build();
    return ModelAccess.handle(model)
        .chatTemplates()
        .apply(request.template(), RequestJson.of(request), false, 1, Duration.ZERO);
  }

  /** Reads a text in pieces of so many characters. */
  private static ChatAnswer read(ChatFormat format, String text, int pieceLength) {
    AnswerReader reader = new AnswerReader(format, _ -> {});
    for (int i = 0; i < text.length(); ) {
      int end = Math.min(text.length(), i + pieceLength);
      if (end < text.length() && Character.isLowSurrogate(text.charAt(end))) {
        end++;
      }
      reader.read(text.substring(i, end), false);
      i = end;
    }
    reader.read("", true);
    return reader.answer().build();
  }

  private static <T> T onSmallStack(Supplier<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Runnable completion =
        () -> {
          try {
            result.complete(work.get());
          } catch (GenerationException e) {
            result.completeExceptionally(e);
          }
        };
    Thread.ofPlatform().stackSize(SMALL_STACK).start(completion);
    return result.join();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Qwen-Qwen2.5-7B-Instruct", "Qwen3-Coder", "mistralai-Mistral-Nemo-Instruct-2407",
        "meta-llama-Llama-3.1-8B-Instruct", "openai-gpt-oss-120b", "deepseek-ai-DeepSeek-V3.1",
        "google-gemma-4-31B-it", "GLM-4.6"
      })
  void randomAnswersAreRead(String template) throws IOException {
    for (int seed = 0; seed < 8; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(60); i > 0; i--) {
        text.append(PIECES.get(random.nextInt(PIECES.size())));
        if (random.nextInt(10) == 0) {
          text.appendCodePoint(random.nextInt(0x110000 - 0x10000) + 0x10000);
        }
      }
      ChatFormat format = format(template);
      int piece = 1 + random.nextInt(20);
      assertThat(onSmallStack(() -> read(format, text.toString(), piece))).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Qwen-Qwen2.5-7B-Instruct", "Qwen3-Coder", "mistralai-Mistral-Nemo-Instruct-2407"})
  void deepAnswersAreRead(String template) throws IOException {
    List<String> begins =
        List.of(
            "<tool_call>\n{\"name\": \"first\", \"arguments\": {\"a\": ",
            "<tool_call>\n<function=first>\n<parameter=a>\n",
            "[TOOL_CALLS][{\"name\": \"first\", \"arguments\": {\"a\": ");
    for (String begin : begins) {
      for (String level : List.of("[", "{\"a\":", "<tool_call>")) {
        String text = begin + level.repeat(20_000);
        ChatFormat format = format(template);
        assertThat(onSmallStack(() -> read(format, text, 50_000))).isNotNull();
      }
    }
  }

  @Test
  void deepArgumentsArrive() throws IOException {
    String deep = "{\"a\":" + "[".repeat(30) + "]".repeat(30) + "}";
    String text = "<tool_call>\n{\"name\": \"first\", \"arguments\": " + deep + "}\n</tool_call>";
    ChatFormat format = format("Qwen-Qwen2.5-7B-Instruct");
    ChatAnswer answer = onSmallStack(() -> read(format, text, 7));
    assertThat(answer.toolCalls()).hasSize(1);
    assertThat(answer.toolCalls().getFirst().arguments()).isEqualTo(deep);
  }

  @Test
  void longAnswersAreReadPieceByPiece() throws IOException {
    ChatFormat format = format("Qwen-Qwen2.5-7B-Instruct");
    int pieces = 0;
    for (int i = 0; i < 50_000; i++) {
      pieces += format.parse("word", false).news() == ChatFormat.News.TEXT ? 1 : 0;
    }
    format.parse("", true);
    format.free();
    assertThat(pieces).as("read without looking at the whole text").isGreaterThan(49_900);
  }

  @Test
  void manyCallsAreRead() throws IOException {
    String call = "<tool_call>\n{\"name\": \"first\", \"arguments\": {\"a\": 1}}\n</tool_call>\n";
    ChatFormat format = format("Qwen-Qwen2.5-7B-Instruct");
    assertThat(read(format, call.repeat(100), 4).toolCalls()).hasSize(100);
  }

  @Test
  void severalThreadsReadOneAnswer() throws IOException {
    ChatFormat format = format("Qwen-Qwen2.5-7B-Instruct");
    List<CompletableFuture<Void>> readers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      readers.add(
          CompletableFuture.runAsync(
              () -> {
                for (int n = 0; n < 500; n++) {
                  format.parse("<tool_call>\n{", false);
                }
                format.free();
                format.parse("after that", true);
              },
              Thread::startVirtualThread));
    }
    readers.forEach(CompletableFuture::join);
    assertThat(format.parse("x", true).news()).isEqualTo(ChatFormat.News.NOTHING);
  }
}
