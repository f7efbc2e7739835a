import dev.llamastream.Model;
import dev.llamastream.ModelParams;
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
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * What a chat costs: the template for 20 messages, first and then, without and with a tool, and
 * with a schema too; the parser, for each token of answers of 1,000 and 10,000 tokens; and how much
 * the process grows while it reads answers of 10,000, 20,000 and 40,000 tokens (Linux).
 *
 * <p>Arguments: model, and chat templates to use in place of its own.
 */
class Chat {
  private static final Tool TOOL =
      Tool.of(
          "get_weather",
          "The weather of a city",
          """
          {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}""");
  private static final String SCHEMA =
      """
      {"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}""";

  public static void main(String[] args) throws IOException {
    System.out.println(
        "template: first, then ms; with a tool; and a schema; parser us/token: 1,000, 10,000 tokens; growth, KiB");
    try (Model model =
        Model.load(Path.of(args[0]), ModelParams.builder().vocabOnly(true).build())) {
      run(model, "its own", "");
      for (String file : Arrays.asList(args).subList(1, args.length)) {
        run(model, Path.of(file).getFileName().toString(), Files.readString(Path.of(file)));
      }
    }
  }

  private static void run(Model model, String name, String template) throws IOException {
    ChatRequest plain = ChatRequest.builder(messages()).template(template).build();
    ChatRequest tools = plain.toBuilder().tools(TOOL).build();
    ChatRequest both = tools.toBuilder().responseSchema(SCHEMA).build();
    double first = nanos(() -> model.applyChatTemplate(plain).length()) / 1e6;
    System.out.printf(
        Locale.ROOT,
        "%s: %.2f, %.2f; %.2f; %.2f; %.1f, %.1f; %d, %d, %d%n",
        name,
        first,
        median(() -> model.applyChatTemplate(plain).length()) / 1e6,
        median(() -> model.applyChatTemplate(tools).length()) / 1e6,
        median(() -> model.applyChatTemplate(both).length()) / 1e6,
        parser(model, template, 1_000),
        parser(model, template, 10_000),
        growth(model, template, 10_000),
        growth(model, template, 20_000),
        growth(model, template, 40_000));
  }

  private static long growth(Model model, String template, int tokens) throws IOException {
    long before = resident();
    parser(model, template, tokens);
    return resident() - before;
  }

  /** The largest part of memory that the process has had, in KiB. */
  private static long resident() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    }
  }

  private static List<ChatMessage> messages() {
    List<ChatMessage> messages = new ArrayList<>();
    messages.add(ChatMessage.system("You answer in one sentence."));
    for (int i = 0; i < 9; i++) {
      messages.add(
          ChatMessage.user("Tell me something about the number " + i + ", in a few words."));
      messages.add(ChatMessage.assistant("It is a number of many, and there are many more of it."));
    }
    messages.add(ChatMessage.user("And what about all of them?"));
    return messages;
  }

  private static double parser(Model model, String template, int tokens) {
    String request =
        """
        {"messages": [{"role": "user", "content": "Hi"}], "tools": [{"type": "function",
         "function": {"name": "get_weather", "parameters": %s}}]}"""
            .formatted(TOOL.parameters());
    ChatFormat format =
        ModelAccess.handle(model)
            .chatTemplates()
            .apply(template, request, false, 0, Duration.ofSeconds(10));
    long nanos =
        nanos(
            () -> {
              for (int i = 0; i < tokens; i++) {
                format.parse(i % 20 == 19 ? ".\n" : " word", false);
              }
              return format.parse("", true).list().size();
            });
    format.free();
    return nanos / 1e3 / tokens;
  }

  private static double median(LongSupplier work) {
    for (int i = 0; i < 500; i++) {
      nanos(work); // until it is compiled
    }
    long[] times = new long[501];
    for (int i = 0; i < times.length; i++) {
      times[i] = nanos(work);
    }
    Arrays.sort(times);
    return times[times.length / 2];
  }

  private static long nanos(LongSupplier work) {
    long begin = System.nanoTime();
    if (work.getAsLong() < 0) {
      throw new AssertionError();
    }
    return System.nanoTime() - begin;
  }
}
