package dev.llamastream.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.internal.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

/** Calls of tools, right and wrong. */
class ToolBoxTest {

  private static final Tool TOOL = tool("echo");

  static Tool tool(String name) {
    return Tool.of(name, "", "{\"type\":\"object\"}");
  }

  private static ToolBox box(ToolFunction function) {
    return ToolBox.builder().add(TOOL, function).build();
  }

  private static ToolCall call(String name, String arguments) {
    return ToolCall.of("id", name, arguments);
  }

  private static String result(ToolBox box, String name, String arguments) {
    return box.call(List.of(call(name, arguments))).getFirst().text();
  }

  private static String error(ToolFunction function) {
    return error(result(box(function), "echo", "{}"));
  }

  private static String error(String result) {
    Json.Obj json = (Json.Obj) Json.parse(result);
    assertThat(json.members()).containsOnlyKeys("error");
    return json.text("error");
  }

  @Test
  void aResultAnswersItsCall() {
    ToolCall call = ToolCall.of("7", "echo", " {\"x\": \"👋\"} ");
    assertThat(box(arguments -> "got " + arguments).call(List.of(call)))
        .containsExactly(ChatMessage.toolResult(call, "got  {\"x\": \"👋\"} "));
    assertThat(box(_ -> "").call(List.of(call))).containsExactly(ChatMessage.toolResult(call, ""));
    assertThat(box(_ -> "").call(List.of())).isEmpty();
  }

  @Test
  void callsRunTogetherAndKeepTheirOrder() {
    CyclicBarrier all = new CyclicBarrier(3); // opens only if all three calls are there
    CountDownLatch second = new CountDownLatch(1);
    ToolBox box =
        ToolBox.builder()
            .add(
                tool("a"),
                _ -> {
                  all.await();
                  second.await(); // ends last
                  return "a";
                })
            .add(
                tool("b"),
                arguments -> {
                  all.await();
                  second.countDown();
                  return arguments;
                })
            .build();
    List<ToolCall> calls = List.of(call("a", "{}"), call("b", "{\"n\":1}"), call("b", "{}"));
    assertThat(box.call(calls))
        .extracting(ChatMessage::text)
        .containsExactly("a", "{\"n\":1}", "{}");
  }

  @Test
  void functionsRunOnVirtualThreads() {
    assertThat(result(box(_ -> "" + Thread.currentThread().isVirtual()), "echo", "{}"))
        .isEqualTo("true");
  }

  @Test
  void whatIsThrownIsTold() {
    assertThat(
            error(
                _ -> {
                  throw new java.io.IOException("no such \"city\"");
                }))
        .isEqualTo("no such \"city\"");
    assertThat(
            error(
                _ -> {
                  throw new IllegalStateException();
                }))
        .isEqualTo("the tool failed: IllegalStateException");
    assertThat(
            error(
                _ -> {
                  throw new StackOverflowError();
                }))
        .isEqualTo("the tool failed: StackOverflowError");
    assertThat(
            error(
                _ -> {
                  throw new IllegalStateException("a\0\ud83d" + "x".repeat(2_000));
                }))
        .isEqualTo("a\ufffd\ufffd" + "x".repeat(997));
  }

  @Test
  @SuppressWarnings("NullAway")
  void whatIsNoTextIsTold() {
    assertThat(error(_ -> null)).isEqualTo("the tool returned nothing");
    assertThat(error(_ -> "a\0"))
        .isEqualTo("the result is not text: NUL at index 1, must have none");
    assertThat(error(_ -> "\udc00")).startsWith("the result is not text: half a surrogate pair");
    assertThat(error(_ -> "x".repeat(ToolBox.MAX_RESULT + 1)))
        .isEqualTo("the result is too long: 1048577 characters");
    assertThat(result(box(_ -> "x".repeat(ToolBox.MAX_RESULT)), "echo", "{}"))
        .hasSize(ToolBox.MAX_RESULT);
  }

  @Test
  void wrongCallsAreTold() {
    ToolBox box =
        box(
            _ -> {
              throw new AssertionError("called");
            });
    assertThat(error(result(box, "ech", "{}"))).isEqualTo("there is no tool named \"ech\"");
    for (String arguments : List.of("", "[]", "\"{}\"", "null", "{\"city\": \"Par", "{} {}")) {
      assertThat(error(result(box, "echo", arguments)))
          .startsWith("the arguments must be a JSON object");
    }
  }

  @Test
  void whatTakesTooLongIsInterruptedAndTold() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    ToolBox box =
        box(
                _ -> {
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    interrupted.countDown();
                  }
                  return "late";
                })
            .toBuilder()
            .timeout(Duration.ofMillis(20))
            .build();
    assertThat(error(result(box, "echo", "{}"))).isEqualTo("the tool took more than 0.02 seconds");
    interrupted.await();
  }

  @Test
  void noTimeout() {
    ToolBox box = box(_ -> "x").toBuilder().timeout(Duration.ZERO).build();
    assertThat(result(box, "echo", "{}")).isEqualTo("x");
  }

  @Test
  void anInterruptOfTheCallerInterruptsTheTools() throws Exception {
    CountDownLatch runs = new CountDownLatch(2);
    CountDownLatch interrupted = new CountDownLatch(2);
    ToolBox box =
        box(
            _ -> {
              runs.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
              return "late";
            });
    Thread caller = Thread.currentThread();
    Thread.startVirtualThread(
        () -> {
          try {
            runs.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          caller.interrupt();
        });
    assertThatThrownBy(() -> box.call(List.of(call("echo", "{}"), call("echo", "{}"))))
        .isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
    interrupted.await();
  }

  @Test
  void values() {
    ToolBox box = ToolBox.builder().build();
    assertThat(box.tools()).isEmpty();
    assertThat(box.maxRounds()).isEqualTo(10);
    assertThat(box.timeout()).isEqualTo(Duration.ofSeconds(30));
    ToolBox other =
        box.toBuilder()
            .add(TOOL, _ -> "x")
            .maxRounds(3)
            .timeout(Duration.ofMinutes(1))
            .build()
            .toBuilder()
            .build();
    assertThat(box.tools()).isEmpty();
    assertThat(other.tools()).containsExactly(TOOL).isUnmodifiable();
    assertThat(other.maxRounds()).isEqualTo(3);
    assertThat(other.timeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(result(other, "echo", "{}")).isEqualTo("x");
    assertThat(other).hasToString("ToolBox[tools=[echo], maxRounds=3, timeout=PT1M]");
  }

  @Test
  @SuppressWarnings("NullAway")
  void wrongValues() {
    refuses("maxRounds: 0, must be in [1, 1000]", ToolBox.builder().maxRounds(0));
    refuses("maxRounds: 1001, must be in [1, 1000]", ToolBox.builder().maxRounds(1001));
    refuses(
        "timeout: PT-1S, must be in [0, 36500 days]",
        ToolBox.builder().timeout(Duration.ofSeconds(-1)));
    refuses(
        "timeout: PT876000H0.000000001S, must be in [0, 36500 days]",
        ToolBox.builder().timeout(Duration.ofDays(36_500).plusNanos(1)));
    refuses(
        "tools: two are named \"echo\"",
        ToolBox.builder().add(TOOL, _ -> "").add(tool("echo"), _ -> ""));
    assertThatNullPointerException().isThrownBy(() -> ToolBox.builder().timeout(null).build());
    assertThatNullPointerException().isThrownBy(() -> ToolBox.builder().add(null, _ -> ""));
    assertThatNullPointerException().isThrownBy(() -> ToolBox.builder().add(TOOL, null));
    assertThatNullPointerException().isThrownBy(() -> box(_ -> "").call(null));
  }

  private static void refuses(String message, ToolBox.Builder builder) {
    assertThatIllegalArgumentException().isThrownBy(builder::build).withMessage(message);
  }
}
