package dev.llamastream.chat;

import static java.util.Objects.requireNonNullElse;

import dev.llamastream.InvalidValueException;
import dev.llamastream.internal.TextCheck;
import dev.llamastream.internal.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Calls of tools that run, each on a virtual thread of its own. Thread-safe. */
final class ToolRun {

  private static final int MAX_MESSAGE = 1_000;
  private static final int NO_CHARACTER = 0xFFFD;

  private final Map<String, ToolFunction> functions;
  private final Duration timeout;
  private final List<ToolCall> calls;
  private final List<FutureTask<String>> tasks = new ArrayList<>();
  private final long start = System.nanoTime();

  /** Starts the calls. */
  ToolRun(Map<String, ToolFunction> functions, Duration timeout, List<ToolCall> calls) {
    this.functions = functions;
    this.timeout = timeout;
    this.calls = calls;
    for (ToolCall call : calls) {
      FutureTask<String> task = new FutureTask<>(() -> result(call));
      tasks.add(task);
      Thread.ofVirtual().name("llamastream-tool-" + call.name()).start(task);
    }
  }

  /**
   * Waits for the results. One thread may.
   *
   * @throws CancellationException if the run is cancelled
   */
  List<ChatMessage> await() throws InterruptedException {
    List<ChatMessage> results = new ArrayList<>();
    try {
      for (int i = 0; i < tasks.size(); i++) {
        results.add(ChatMessage.toolResult(calls.get(i), await(tasks.get(i))));
      }
      return results;
    } finally {
      cancel();
    }
  }

  /** Interrupts what still runs. */
  void cancel() {
    tasks.forEach(task -> task.cancel(true));
  }

  private String await(FutureTask<String> task) throws InterruptedException {
    try {
      if (timeout.isZero()) {
        return task.get();
      }
      long left = start + timeout.toNanos() - System.nanoTime();
      return task.get(Math.max(0, left), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable thrown = requireNonNullElse(e.getCause(), e);
      String message = requireNonNullElse(thrown.getMessage(), "");
      return error(
          message.isBlank() ? "the tool failed: " + thrown.getClass().getSimpleName() : message);
    } catch (TimeoutException e) {
      task.cancel(true);
      return error("the tool took more than " + seconds(timeout));
    }
  }

  private static String seconds(Duration time) {
    return time.toMillis() / 1e3 + " seconds";
  }

  private String result(ToolCall call) throws Exception {
    ToolFunction function = functions.get(call.name());
    if (function == null) {
      return error("there is no tool named \"" + call.name() + "\"");
    }
    try {
      if (!(Json.parse(call.arguments()) instanceof Json.Obj)) {
        return error("the arguments must be a JSON object");
      }
    } catch (IllegalArgumentException e) {
      return error("the arguments must be a JSON object: " + e.getMessage());
    }
    return checked(function.call(call.arguments()));
  }

  private static String checked(@Nullable String result) {
    if (result == null) {
      return error("the tool returned nothing");
    }
    if (result.length() > ToolBox.MAX_RESULT) {
      return error("the result is too long: " + result.length() + " characters");
    }
    try {
      return TextCheck.check("result", result);
    } catch (InvalidValueException e) {
      return error("the result is not text: " + e.reason());
    }
  }

  private static String error(String message) {
    StringBuilder text = new StringBuilder();
    message
        .codePoints()
        .limit(MAX_MESSAGE)
        .map(c -> c == 0 || (c >= 0xD800 && c <= 0xDFFF) ? NO_CHARACTER : c)
        .forEach(text::appendCodePoint);
    return Json.object().put("error", text.toString()).build().toString();
  }
}
