package dev.llamastream.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.FinishReason;
import dev.llamastream.Generator;
import dev.llamastream.MeteredStream;
import dev.llamastream.Model;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.SamplerParams;
import dev.llamastream.StreamStats;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.internal.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Conversations with a real model: what it computes again, and what it does with tools. */
class ConversationModelTest {

  private static final String FIRST =
      """
      The old lighthouse stood on a cliff above the village. Every evening its keeper climbed the \
      stairs and lit the lamp, and the fishermen in their boats knew the way home. One winter the \
      lamp went out, and nobody could say why. What happened then? Answer in one sentence.\
      """;
  private static final String SECOND =
      """
      The keeper was found asleep in the kitchen, with the cat on his knees and an empty cup of \
      tea on the table. He said that he had dreamt of a ship with green sails that came for him \
      from the north, and that he had not wanted to wake up. Who came to relight the lamp after \
      that, and what did they say to the keeper when he woke up? Answer in one sentence.\
      """;

  private static Model model;

  @BeforeAll
  static void load() {
    model =
        Model.load(Path.of(Objects.requireNonNull(System.getProperty("llamastream.test.model"))));
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static ContextParams params(int contextSize) {
    return ContextParams.builder().contextSize(contextSize).threads(1).batchThreads(1).build();
  }

  private static void withContext(int contextSize, Consumer<Generator> test) {
    try (Context context = new Context(model, params(contextSize))) {
      test.accept(context);
    }
  }

  private static void withEngine(int contextSize, Consumer<Generator> test) {
    EngineParams params = EngineParams.builder().slots(2).context(params(contextSize)).build();
    try (Engine engine = Engine.open(model, params)) {
      test.accept(engine);
    }
  }

  private static String template(String name) {
    try {
      return Files.readString(
          Path.of("target/native/llama.cpp/models/templates").resolve(name + ".jinja"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static ChatRequest.Builder greedy(ChatRequest.Builder options, int maxTokens) {
    return options.maxTokens(maxTokens).sampler(SamplerParams.greedy());
  }

  @Test
  void aContextComputesOnlyWhatIsNew() {
    withContext(1024, ConversationModelTest::assertComputesOnlyWhatIsNew);
  }

  @Test
  void anEngineComputesOnlyWhatIsNew() {
    withEngine(2048, ConversationModelTest::assertComputesOnlyWhatIsNew);
  }

  private static void assertComputesOnlyWhatIsNew(Generator generator) {
    Conversation conversation =
        Conversation.builder(generator)
            .system("You tell stories.")
            .request(options -> greedy(options, 12))
            .build();
    StreamStats first = conversation.ask(FIRST).stats();
    assertThat(first.cachedPromptTokens()).isZero();
    StreamStats second = conversation.ask(SECOND).stats();
    // the last token of an answer is not in the KV cache, and an end that was cut off is new
    assertThat(second.cachedPromptTokens())
        .isBetween(first.promptTokens() + first.generatedTokens() - 1, conversation.contextUsed());
    assertThat(second.promptTokens())
        .isGreaterThan(first.promptTokens() + first.generatedTokens() + 64);
    assertThat(conversation.contextUsed())
        .isEqualTo(second.promptTokens() + second.generatedTokens());
  }

  @Test
  void aContextKeepsThePromptBeforeThinkingThatIsDropped() {
    withContext(1024, ConversationModelTest::assertKeepsThePromptBeforeThinking);
  }

  @Test
  void anEngineKeepsThePromptBeforeThinkingThatIsDropped() {
    withEngine(2048, ConversationModelTest::assertKeepsThePromptBeforeThinking);
  }

  /** A thinking model's template shows thinking only in the turn that it belongs to. */
  private static void assertKeepsThePromptBeforeThinking(Generator generator) {
    String template = template("Qwen-Qwen3-0.6B");
    ChatMessage thought =
        ChatMessage.assistant("The village relit it.").toBuilder()
            .thinking("The user wants to know what happened. I make something up.")
            .build();
    // one answer, that the default model would not give, and its prompt in the KV cache
    String prompt =
        model.applyChatTemplate(
            ChatRequest.builder(ChatMessage.user(FIRST)).template(template).build());
    MeteredStream answered =
        generator.streamWithStats(
            prompt + "<think>\n" + thought.thinking() + "\n</think>\n\n" + thought.text(), 1);
    answered.forEachRemaining(_ -> {});
    StreamStats first = answered.stats();
    assertThat(first.cachedPromptTokens()).isZero();
    Conversation conversation =
        Conversation.builder(generator)
            .history(List.of(ChatMessage.user(FIRST), thought))
            .request(options -> greedy(options.template(template), 4))
            .build();
    StreamStats second = conversation.ask(SECOND).stats();
    int promptTokens = model.tokenizer().encode(prompt, true, true).length;
    assertThat(second.cachedPromptTokens()).isBetween(promptTokens - 4, first.promptTokens() - 1);
  }

  @Test
  void aModelThatMustCallsATool() {
    Tool tool =
        Tool.of(
            "get_weather",
            "The weather in a city",
            """
            {"type": "object", "properties": {"city": {"enum": ["Paris", "Rome"]}},
             "required": ["city"], "additionalProperties": false}
            """);
    StringBuilder called = new StringBuilder();
    ToolBox tools =
        ToolBox.builder()
            .maxRounds(1)
            .add(
                tool,
                arguments -> {
                  called.append(((Json.Obj) Json.parse(arguments)).text("city"));
                  return "{\"weather\": \"sunny\"}";
                })
            .build();
    withContext(
        1024,
        context -> {
          Conversation conversation =
              Conversation.builder(context)
                  .toolBox(tools)
                  .request(options -> greedy(options, 48).toolChoice(ToolChoice.REQUIRED))
                  .build();
          ChatAnswer answer = conversation.ask("What is the weather in Paris?");
          assertThat(called.toString()).isEqualTo("Paris");
          assertThat(answer.finishReason()).isIn(FinishReason.END_OF_TEXT, FinishReason.MAX_TOKENS);
          assertThat(answer.toolCalls()).hasSize(1);
          assertThat(answer.stats().cachedPromptTokens()).isGreaterThan(100);
          assertThat(conversation.history())
              .extracting(ChatMessage::role)
              .containsExactly(
                  ChatMessage.Role.USER,
                  ChatMessage.Role.ASSISTANT,
                  ChatMessage.Role.TOOL,
                  ChatMessage.Role.ASSISTANT);
          String json = conversation.toJson();
          assertThat(Conversation.builder(context).json(json).build().history())
              .isEqualTo(conversation.history());
        });
  }

  @Test
  void aSmallContextForgets() {
    withContext(
        256,
        context -> {
          Conversation conversation =
              Conversation.builder(context)
                  .system("You tell stories.")
                  .request(options -> greedy(options, 4))
                  .build();
          for (int i = 0; i < 4; i++) {
            ChatAnswer answer = conversation.ask(i + ": " + FIRST);
            assertThat(answer.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
            assertThat(conversation.contextUsed()).isLessThanOrEqualTo(256);
          }
          List<ChatMessage> history = conversation.history();
          assertThat(history).startsWith(ChatMessage.system("You tell stories.")).hasSize(5);
          assertThat(history.get(1)).isEqualTo(ChatMessage.user("2: " + FIRST));
          assertThat(history.get(3)).isEqualTo(ChatMessage.user("3: " + FIRST));
          assertThatThrownBy(() -> conversation.say("word ".repeat(300)))
              .isInstanceOf(PromptTooLongException.class);
          assertThat(conversation.history()).isEqualTo(history);
        });
  }

  @Test
  void twoConversationsShareAContext() {
    withContext(
        512,
        context -> {
          Conversation one =
              Conversation.builder(context).request(options -> greedy(options, 4)).build();
          Conversation other = one.branch();
          ChatStream stream = one.say(FIRST);
          String begun = ((ChatDelta.Text) stream.next()).text();
          assertThat(other.ask("Hi").text()).isNotEmpty();
          assertThat(stream.answer().finishReason()).isEqualTo(FinishReason.SUPERSEDED);
          assertThat(one.history()).hasSize(2);
          assertThat(one.history().getLast().text()).startsWith(begun);
          assertThat(one.retry().answer().text()).startsWith(begun);
        });
  }

  @Test
  void aClosedGeneratorCutsOff() {
    Conversation[] conversation = new Conversation[1];
    ChatStream[] stream = new ChatStream[1];
    withEngine(
        512,
        engine -> {
          conversation[0] =
              Conversation.builder(engine).request(options -> greedy(options, 200)).build();
          stream[0] = conversation[0].say(FIRST);
          assertThat(stream[0].hasNext()).isTrue();
        });
    ChatAnswer answer = stream[0].answer();
    assertThat(answer.finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(conversation[0].history().getLast()).isEqualTo(answer.toMessage());
    assertThatThrownBy(() -> conversation[0].say("2")).isInstanceOf(IllegalStateException.class);
    assertThat(conversation[0].history()).hasSize(2);
  }
}
